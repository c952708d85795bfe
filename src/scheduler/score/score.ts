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

/** What one score says of each node of a list, before it is brought to 0..100. */
export interface Column extends Pick<Score, 'weight' | 'normalize'> {
  readonly raw: ArrayLike<number>
}

/** What all scores say of some nodes. */
export function columnsOf(
  scores: readonly Score[],
  pod: PodFacts,
  snapshot: Snapshot,
  nodes: readonly NodeInfo[],
): readonly Column[] {
  return scores.flatMap(({ weight, normalize, rate }) => {
    const judge = rate(pod, snapshot)
    return judge === undefined ? [] : [{ weight, normalize, raw: nodes.map(judge) }]
  })
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
    for (let i = 0; i < sums.length; i++) sums[i]! += weight * normalized(raw[places[i]!]!, low, high, normalize)
  }
  return sums
}

function normalized(value: number, low: number, high: number, how: Score['normalize']): number {
  switch (how) {
    case 'none':
      return value
    case 'toHighest':
      return high === 0 ? 0 : (value * SCORE_MAX) / high
    case 'reversed':
      return high === 0 ? SCORE_MAX : SCORE_MAX - (value * SCORE_MAX) / high
    case 'span':
      return high === low ? SCORE_MAX : ((value - low) * SCORE_MAX) / (high - low)
  }
}
