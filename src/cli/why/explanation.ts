import type { Decision } from '../../lib/decisions.ts'

/** One reason, and the reasons behind it: the root cause is the deepest. */
export interface Reason {
  readonly message: string
  /** Who said it: `scheduler`, `agent/node-1`, or `status` for what the object itself says. */
  readonly by?: string
  /** Milliseconds since the epoch. */
  readonly at?: number
  readonly because: readonly Reason[]
}

/** What `wherry why` answers. */
export interface Explanation {
  readonly about: string
  /** Whether all is as it should be: then there is nothing to mend. */
  readonly healthy: boolean
  /** One sentence: the answer. */
  readonly verdict: string
  readonly reasons: readonly Reason[]
  /** The one change that would help. */
  readonly help?: string
  /** The decisions that the answer was read from, newest first. */
  readonly decisions: readonly Decision[]
}

/** A reason from one sentence. */
export function reason(message: string, more: Partial<Omit<Reason, 'message'>> = {}): Reason {
  return { because: [], ...more, message }
}

/** A decision's links as reasons, deepest last. */
export function reasonOf(decision: Decision): Reason {
  return {
    message: decision.message,
    by: decision.by,
    at: decision.at,
    because: decision.because.map(({ message }) => reason(message)),
  }
}

/** What still stands: the last word of each who decided, where it was not that all is well. Newest first. */
export function open(decisions: readonly Decision[]): readonly Decision[] {
  const spoken = new Set<string>()
  return newestFirst(decisions).filter(({ by, verdict, about: { field = '' } }) => {
    const key = `${by} ${field}`
    const isLast = !spoken.has(key)
    spoken.add(key)
    return isLast && (verdict === 'refused' || verdict === 'waiting')
  })
}

export function newestFirst(decisions: readonly Decision[]): readonly Decision[] {
  return decisions.toSorted((a, b) => b.at - a.at)
}

/** `10:03:02`, in the reader's zone. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}

/** The explanation as a person reads it: verdict, reasons from the symptom to the root, and what would help. */
export function formatExplanation(
  explanation: Explanation,
  paint: {
    bold(text: string): string
    dim(text: string): string
    green(text: string): string
    red(text: string): string
  },
): string {
  const lines = [explanation.healthy ? paint.green(explanation.verdict) : paint.red(explanation.verdict)]
  const write = (reasons: readonly Reason[], depth: number): void => {
    for (const { message, because, by, at } of reasons) {
      const said = by === undefined ? '' : paint.dim(`  (${by}${at === undefined ? '' : ` at ${clockTime(at)}`})`)
      const [first = '', ...rest] = message.split('\n')
      lines.push(
        `${'  '.repeat(depth)}${first}${said}`,
        ...rest.map((line) => `${'  '.repeat(depth)}  ${paint.dim('│')} ${line}`),
      )
      write(because, depth + 2)
    }
  }
  write(explanation.reasons, 1)
  if (explanation.help !== undefined) lines.push(`${paint.bold('Would help:')} ${explanation.help}`)
  const [newest] = explanation.decisions
  const who = [...new Set(explanation.decisions.map(({ by }) => by))]
  if (newest !== undefined) {
    lines.push(
      paint.dim(`Recorded by: ${who.join(', ')}, last at ${clockTime(newest.at)} · wherry why -o json for every fact`),
    )
  }
  return lines.join('\n')
}
