import type { Random } from '../lib/random.ts'
import type { Snapshot } from './cluster-state.ts'
import type { Judge, Refusal } from './filter/filter.ts'
import type { NodeInfo } from './node-info.ts'
import { best, isNodeByNode, judgeFor, type Placement, planPlacement } from './plan.ts'
import type { PodFacts } from './pod-facts.ts'
import { addUp, type Column, columnsFor } from './score/score.ts'
import { nodeScores } from './score/scores.ts'

/** Of how many shapes it is remembered how they fit, and that they came before. */
const TABLES_MAX = 8
const SEEN_MAX = 64

/**
 * Places pods that are like others before them, as those of one Deployment: what was found out about the nodes then still
 * holds for all of them that did not change. So a placement costs what has changed since the last one of its kind, and
 * all nodes are looked at. A pod that is like no other, or depends on more than single nodes, is planned by itself.
 */
export class PodsAlike {
  readonly #tables = new Map<string, Table>()
  readonly #seen = new Set<string>()

  /** As `planPlacement`. */
  plan(pod: PodFacts, snapshot: Snapshot, start: number, random: Random): Placement {
    if (!isNodeByNode(pod, snapshot)) return planPlacement(pod, snapshot, start, random)
    const shape = shapeOf(pod)
    const known = this.#tables.get(shape)
    // What comes twice will come again.
    if (known === undefined && !this.#seen.has(shape)) {
      this.#seen.add(shape)
      forgetAbove(SEEN_MAX, this.#seen)
      return planPlacement(pod, snapshot, start, random)
    }
    const table = known?.nodes === snapshot.nodes ? known : new Table(pod, snapshot)
    this.#tables.delete(shape)
    this.#tables.set(shape, table)
    forgetAbove(TABLES_MAX, this.#tables)
    return table.plan(random)
  }
}

/** What was added longest ago goes. */
function forgetAbove(max: number, kept: Set<string> | Map<string, unknown>): void {
  if (kept.size > max) kept.delete(kept.keys().next().value!)
}

/** Everything of a pod that filters and scores of single nodes read: pods of one shape fit alike. */
export function shapeOf({ pod: { spec }, owner, requests, likely, hostPorts }: PodFacts): string {
  return JSON.stringify([
    owner,
    requests,
    likely,
    hostPorts,
    spec.nodeName,
    spec.nodeSelector,
    spec.affinity?.nodeAffinity,
    spec.tolerations,
    spec.containers.map(({ image }) => image),
  ])
}

/** How pods of one shape fit on each node, brought up to date node by node. */
class Table {
  readonly nodes: readonly NodeInfo[]
  readonly #judge: Judge
  readonly #columns: readonly Column[]
  readonly #refusals: (Refusal | undefined)[]
  readonly #fits: Uint8Array
  readonly #points: Float64Array
  /** Which version of each node was looked at. */
  readonly #versions: Float64Array

  constructor(pod: PodFacts, snapshot: Snapshot) {
    const { nodes } = snapshot
    this.nodes = nodes
    this.#judge = judgeFor(pod, snapshot)
    this.#columns = columnsFor(nodeScores, pod, snapshot, nodes.length)
    this.#refusals = nodes.map(() => undefined)
    this.#fits = new Uint8Array(nodes.length)
    this.#points = new Float64Array(nodes.length)
    this.#versions = new Float64Array(nodes.length).fill(-1)
  }

  plan(random: Random): Placement {
    const { nodes } = this
    for (let i = 0; i < nodes.length; i++) if (this.#versions[i] !== nodes[i]!.version) this.#look(i)
    addUp(this.#columns, this.#fits, this.#points)
    const place = best(this.#points, this.#fits, random)
    if (place !== -1) return { node: nodes[place]!, judged: nodes.length }
    return { node: undefined, refusals: nodes.map((node, i) => ({ node, refusal: this.#refusals[i]! })) }
  }

  #look(i: number): void {
    const node = this.nodes[i]!
    const refusal = this.#judge(node)
    this.#versions[i] = node.version
    this.#refusals[i] = refusal
    this.#fits[i] = refusal === undefined ? 1 : 0
    if (refusal === undefined) for (const { raw, rate } of this.#columns) raw[i] = rate(node)
  }
}
