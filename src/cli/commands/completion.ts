import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { commands } from './all.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a script that completes wherry commands in a shell.',
  usage: `wherry completion ${SHELLS.join('|')}`,
  about: 'For bash: source <(wherry completion bash)',
  options: {},
  async run({ positionals: [shell] }, { print }) {
    const shown = commands.filter((command) => !command.hidden)
    const flags = (name: string): string[] =>
      Object.keys(shown.find((command) => command.name === name)?.options ?? {}).map((flag) => `--${flag}`)
    const firstWords = [...new Set(shown.map((command) => command.name.split(' ')[0]!))]
    if (shell === 'bash' || shell === 'zsh') {
      const cases = firstWords.map((word) => {
        const deeper = shown
          .filter((command) => command.name.startsWith(`${word} `))
          .map((command) => command.name.slice(word.length + 1))
        return `    ${word}) words='${[...deeper, ...flags(word), '--help'].join(' ')}' ;;`
      })
      print.out(`${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_wherry() {
  local words='${[...firstWords, '--help'].join(' ')}'
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words='' ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _wherry wherry`)
    } else if (shell === 'fish') {
      print.out(
        shown
          .map((command) => {
            const [first, ...rest] = command.name.split(' ')
            const condition = rest.length === 0 ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${first}`
            return `complete -c wherry -f -n '${condition}' -a '${rest.at(-1) ?? first}' -d '${command.summary.replaceAll("'", "\\'")}'`
          })
          .join('\n'),
      )
    } else {
      throw new WherryError('bad-request', shell ? `There is no completion for ${shell}.` : 'Which shell?', {
        hint: `One of ${SHELLS.join(', ')}.`,
      })
    }
  },
})
