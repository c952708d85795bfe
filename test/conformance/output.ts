/** How one test ended. `failed` also stands for a panic, for a time limit and for being stopped. */
export interface Outcome {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
  readonly seconds: number
  /** Why it failed or skipped itself; empty for a test that passed. */
  readonly message: string
  /** All that the suite printed of it. */
  readonly log: string
}

/** The line between two tests. */
const DELIMITER = '-'.repeat(30)

/** What ginkgo puts into the name to show in which step a test failed. */
const STEP = / ?\[(?:It|BeforeEach|JustBeforeEach|AfterEach|JustAfterEach|BeforeAll|AfterAll|DeferCleanup \([^)]*\))\]/

/**
 * Reads `ginkgo -v --no-color` while it is written, line by line, and tells how each test ended. A run with one
 * process prints a test's name first and its verdict last; one with several prints a test as a whole.
 */
export class OutputReader {
  readonly #names: ReadonlySet<string>
  readonly #onOutcome: (outcome: Outcome) => void
  #lines: string[] = []

  constructor(names: Iterable<string>, onOutcome: (outcome: Outcome) => void) {
    this.#names = new Set(names)
    this.#onOutcome = onOutcome
  }

  /** The test that is under way, where the output says so: in a run with one process. */
  get current(): string | undefined {
    return this.#nameIn(this.#lines[0])
  }

  line(text: string): void {
    if (text !== DELIMITER) {
      this.#lines.push(text)
      return
    }
    const lines = this.#lines
    this.#lines = []
    const outcome = this.#readBlock(lines)
    if (outcome !== undefined) this.#onOutcome(outcome)
  }

  /** To be called when the output ends: what is left may be a last test. */
  end(): void {
    this.line(DELIMITER)
  }

  #readBlock(lines: readonly string[]): Outcome | undefined {
    const at = lines.findLastIndex((line) => VERDICT.test(line))
    const verdict = VERDICT.exec(lines[at] ?? '')
    if (verdict === null) return undefined
    const name = this.#nameIn(lines[at + 1]) ?? this.#nameIn(lines[0])
    if (name === undefined) return undefined
    const [, sign, word, seconds = '0'] = verdict
    const state = sign === 'S' || sign === 'P' ? 'skipped' : word === undefined ? 'passed' : 'failed'
    return {
      name,
      state,
      seconds: Number(seconds),
      message: state === 'passed' ? '' : messageIn(lines.slice(at + 1)),
      log: lines.join('\n'),
    }
  }

  /** The test that a line names: the name, perhaps with a step in it, and labels behind it. */
  #nameIn(line: string | undefined): string | undefined {
    if (line === undefined) return undefined
    let text = line.replace(STEP, '')
    while (text !== '') {
      if (this.#names.has(text)) return text
      const end = text.lastIndexOf(' [')
      text = end === -1 ? '' : text.slice(0, end)
    }
    return undefined
  }
}

const VERDICT = /^([•SP])(?: \[([A-Z]+)\])?(?: \[([\d.]+) seconds\])?$/

/** The reason stands last in a block, between a `[FAILED]` or the like and the place in the code. */
function messageIn(lines: readonly string[]): string {
  const start = lines.findLastIndex((line) =>
    /^ {2}\[(?:FAILED|SKIPPED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] (?!in \[)/.test(line),
  )
  if (start === -1) return ''
  const rest = lines.slice(start)
  const end = rest.findIndex((line) => /^ {2}In \[/.test(line))
  const text = (end === -1 ? rest : rest.slice(0, end)).map((line) => line.replace(/^ {2}/, '')).join('\n')
  return text.replace(/^\[[A-Z]+\] /, '').trim()
}
