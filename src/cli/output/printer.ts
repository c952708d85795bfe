/** Writes to a person or to a program: colours and moving lines only on a terminal, and never when NO_COLOR is set. */
export interface Printer {
  readonly isTerminal: boolean
  /** A line on standard output: the answer. */
  out(text: string): void
  /** A line on standard error: what is going on. */
  note(text: string): void
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  /** Shows `title` while `work` runs, then how long it took; rethrows what it throws. `detail` replaces what follows the title. */
  step<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>
}

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

export function createPrinter(
  stdout: Terminal,
  stderr: Terminal,
  env: Readonly<Record<string, string | undefined>>,
): Printer {
  const moving = stderr.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined
  const colours = stderr.isTTY === true && stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const paint = (code: string) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  const [green, red, dim] = [paint('32'), paint('31'), paint('2')]
  const seconds = (from: number): string => dim(`${((performance.now() - from) / 1000).toFixed(1)} s`)

  return {
    isTerminal: stdout.isTTY === true,
    out: (text) => void stdout.write(text + '\n'),
    note: (text) => void stderr.write(text + '\n'),
    bold: paint('1'),
    dim,
    red,
    green,
    yellow: paint('33'),
    async step(title, work) {
      const start = performance.now()
      let detail = ''
      let frame = 0
      const draw = (): void => {
        frame = (frame + 1) % FRAMES.length
        stderr.write(`\r\u001b[2K  ${FRAMES[frame]} ${title}${detail ? dim(` ${detail}`) : ''}`)
      }
      const timer = moving ? setInterval(draw, 100) : undefined
      if (moving) draw()
      const end = (mark: string): void => {
        clearInterval(timer)
        stderr.write(
          `${moving ? '\r\u001b[2K' : ''}  ${mark} ${title}${detail ? dim(` ${detail}`) : ''}  ${seconds(start)}\n`,
        )
      }
      try {
        const result = await work((text) => {
          detail = text
        })
        end(green('✓'))
        return result
      } catch (error) {
        end(red('✗'))
        throw error
      }
    },
  }
}
