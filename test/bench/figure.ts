/** One entry of the table: a name on the command line, and what it measures. */
export interface Figure {
  readonly name: string
  readonly summary: string
  /** Needs root and containers. */
  readonly needsRoot?: true
  /** Measures; a row is shown as soon as it is there. */
  run(bench: Bench): AsyncIterable<Row>
}

export interface Bench {
  /** How often a measurement is repeated. */
  readonly repeats: number
  readonly signal: AbortSignal
}

/** One measured figure. */
export interface Row {
  readonly what: string
  readonly unit: 's' | 'ms' | 'MB' | '/s' | '%' | '×'
  /** Repeated measurements; the median is the figure. */
  readonly runs: readonly number[]
  /** What it is compared with, as it was measured elsewhere. */
  readonly reference?: string
  readonly goal?: Goal
  /** CPU seconds of the server, of all runs together. */
  readonly cpuSeconds?: number
  readonly peakMB?: number
  readonly note?: string
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number }

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value below which the share `q` of all values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN
}

export function meets({ runs, goal }: Row): boolean | undefined {
  if (goal === undefined) return undefined
  const value = median(runs)
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast
}
