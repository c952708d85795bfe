import type { Snapshot } from '../cluster-state.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodFacts } from '../pod-facts.ts'

/** Rates the nodes that fit, from 0 to 100. */
export type Rate = (node: NodeInfo) => number

/**
 * Looks at a pod and the nodes that fit it once; undefined when it has no preference. `raw` scores are brought to
 * 0..100 by the caller: `toHighest` keeps zero as it is, `span` stretches lowest to highest.
 */
export interface Score {
  readonly weight: number
  readonly normalize: 'none' | 'toHighest' | 'reversed' | 'span'
  rate(pod: PodFacts, snapshot: Snapshot, fitting: readonly NodeInfo[]): Rate | undefined
}

export const SCORE_MAX = 100

/** Adds up what all scores say of each node. */
export function totals(
  scores: readonly Score[],
  pod: PodFacts,
  snapshot: Snapshot,
  fitting: readonly NodeInfo[],
): readonly number[] {
  const sums = fitting.map(() => 0)
  for (const { weight, normalize, rate } of scores) {
    const judge = rate(pod, snapshot, fitting)
    if (judge === undefined) continue
    const raw = fitting.map(judge)
    const [low, high] = [Math.min(...raw), Math.max(...raw)]
    for (let i = 0; i < raw.length; i++) sums[i]! += weight * normalized(raw[i]!, low, high, normalize)
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
