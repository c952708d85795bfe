import { allKinds } from '../../api/kinds.ts'
import type { Kind } from '../../api/meta/kind.ts'
import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { formatExplanation } from '../why/explanation.ts'
import { explain } from '../why/gather.ts'
import { dataDirOption, outputOption, wantsJson } from './options.ts'

export const why = defineCommand({
  name: 'why',
  summary: 'Say why something is as it is, and the one change that would help.',
  usage: 'wherry why KIND/NAME [-n NAMESPACE]',
  about:
    'Asks the decisions that every part recorded when it decided; also for what is gone already. As in: wherry why pod/web-7d4b9-x2x7k',
  options: {
    namespace: { type: 'string', short: 'n', value: 'NAMESPACE', default: 'default', help: 'Where to look' },
    json: { type: 'boolean', help: 'Every fact, for a program (the same as -o json)' },
    ...outputOption,
    ...dataDirOption,
  },
  async run({ values, positionals }, { print, signal }) {
    const [word, name] = positionals.length === 2 ? positionals : (positionals[0]?.split('/') ?? [])
    if (!word || !name || positionals.length > 2) {
      throw new WherryError('bad-request', 'Why what?', { hint: 'Name one thing, as in `wherry why pod/web`.' })
    }
    const kind = await findKind(word)
    await using client = await connect(values['data-dir'], signal)
    const ref = kind.namespaced ? { namespace: values.namespace, name } : { name }
    const explanation = await explain(client, kind, ref)
    print.out(
      values.json || wantsJson(values.output)
        ? JSON.stringify(explanation, null, 2)
        : formatExplanation(explanation, print),
    )
    return explanation.healthy ? 0 : 3
  },
})

/** The kind that a user means by `po`, `pod`, `pods`, `Pod` or `pods.v1`-like words; throws and says what is near. */
export async function findKind(word: string): Promise<Kind> {
  const wanted = word.toLowerCase()
  const [bare, ...group] = wanted.split('.')
  for (const kind of await allKinds()) {
    if (group.length > 0 && !kind.group.startsWith(group.join('.'))) continue
    if ([kind.plural, kind.singular, kind.kind.toLowerCase(), ...kind.shortNames].includes(bare!)) return kind
  }
  throw new WherryError('bad-request', `There is no kind \`${word}\`.`, { hint: 'See `wherry kubectl api-resources`.' })
}
