import type { Snapshot } from '../cluster-state.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodFacts } from '../pod-facts.ts'

/** Rates the nodes that fit, from 0 to 100. */
export type Rate = (node: NodeInfo) => number

/**
 * Looks at a pod once, and returns what rates nodes for it; undefined when it has no preference. `raw` scores are brought
 * to 0..100 by the caller: `toHighest` keeps zero as it is, `span` stretches lowest to highest.
 */
export interface Score {
  readonly weight: number
  readonly normalize: 'none' | 'toHighest' | 'reversed' | 'span'
  rate(pod: PodFacts, snapshot: Snapshot): Rate | undefined
}

export const SCORE_MAX = 100

/** What a score says of each node of a list, before it is brought to 0..100. */
export interface Column extends Pick<Score, 'weight' | 'normalize'> {
  readonly raw: number[]
  readonly rate: Rate
}

/** What scores make of a pod, to be asked about nodes. Those that need no comparison are one column. */
export function columnsFor(scores: readonly Score[], pod: PodFacts, snapshot: Snapshot): readonly Column[] {
  const columns: Column[] = []
  const plain: { readonly weight: number; readonly rate: Rate }[] = []
  for (const { weight, normalize, rate: prepare } of scores) {
    const rate = prepare(pod, snapshot)
    if (rate === undefined) continue
    if (normalize === 'none') plain.push({ weight, rate })
    else columns.push({ weight, normalize, rate, raw: [] })
  }
  const rate = (node: NodeInfo): number => plain.reduce((sum, one) => sum + one.weight * one.rate(node), 0)
  return [{ weight: 1, normalize: 'none', rate, raw: [] }, ...columns]
}

/** Adds up the columns for the nodes at these places of them; in the order of `places`. */
export function totals(columns: readonly Column[], places: readonly number[]): readonly number[] {
  const sums = places.map(() => 0)
  for (const { weight, normalize, raw } of columns) {
    let [low, high] = [Infinity, -Infinity]
    for (const place of places) {
      const value = raw[place]!
      if (value < low) low = value
      if (value > high) high = value
    }
    const [base, factor] = normalization(low, high, normalize)
    for (let i = 0; i < sums.length; i++) sums[i]! += weight * (base + factor * raw[places[i]!]!)
  }
  return sums
}

/** How values between `low` and `high` become points: a base, and a factor for the value. */
function normalization(low: number, high: number, how: Score['normalize']): readonly [number, number] {
  switch (how) {
    case 'none':
      return [0, 1]
    case 'toHighest':
      return [0, high === 0 ? 0 : SCORE_MAX / high]
    case 'reversed':
      return [SCORE_MAX, high === 0 ? 0 : -SCORE_MAX / high]
    case 'span':
      return high === low ? [SCORE_MAX, 0] : [(-low * SCORE_MAX) / (high - low), SCORE_MAX / (high - low)]
  }
}
