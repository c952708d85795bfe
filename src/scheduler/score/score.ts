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
  readonly raw: Float64Array
  readonly rate: Rate
}

/** What scores make of a pod, with room for so many nodes. Those that need no comparison are one column. */
export function columnsFor(
  scores: readonly Score[],
  pod: PodFacts,
  snapshot: Snapshot,
  nodes: number,
): readonly Column[] {
  const columns: Column[] = []
  const plain: { readonly weight: number; readonly rate: Rate }[] = []
  for (const { weight, normalize, rate: prepare } of scores) {
    const rate = prepare(pod, snapshot)
    if (rate === undefined) continue
    if (normalize === 'none') plain.push({ weight, rate })
    else columns.push({ weight, normalize, rate, raw: new Float64Array(nodes) })
  }
  const rate = (node: NodeInfo): number => plain.reduce((sum, one) => sum + one.weight * one.rate(node), 0)
  return [{ weight: 1, normalize: 'none', rate, raw: new Float64Array(nodes) }, ...columns]
}

/**
 * Adds up the columns, into `sums`. Only how far nodes are apart is told: what all get alike is left out. `fits` has 1 for
 * each node that takes part; the sums of others say nothing.
 */
export function addUp(columns: readonly Column[], fits: Uint8Array, sums: Float64Array): void {
  sums.fill(0)
  for (const { weight, normalize, raw } of columns) {
    let [low, high] = [Infinity, -Infinity]
    for (let i = 0; i < raw.length; i++) {
      if (fits[i] === 0) continue
      const value = raw[i]!
      if (value < low) low = value
      if (value > high) high = value
    }
    if (low >= high) continue
    const factor = weight * stretch(low, high, normalize)
    for (let i = 0; i < raw.length; i++) sums[i]! += factor * raw[i]!
  }
}

/** By how much values between `low` and `high` are stretched to be 0..100, or turned to be 100..0. */
function stretch(low: number, high: number, how: Score['normalize']): number {
  switch (how) {
    case 'none':
      return 1
    case 'toHighest':
      return high === 0 ? 0 : SCORE_MAX / high
    case 'reversed':
      return high === 0 ? 0 : -SCORE_MAX / high
    case 'span':
      return SCORE_MAX / (high - low)
  }
}
