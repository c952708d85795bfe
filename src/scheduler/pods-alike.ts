import type { Random } from '../lib/random.ts'
import type { Snapshot } from './cluster-state.ts'
import type { Judge, Refusal } from './filter/filter.ts'
import type { NodeInfo } from './node-info.ts'
import { best, isNodeByNode, judgeFor, type Placement, planPlacement } from './plan.ts'
import type { PodFacts } from './pod-facts.ts'
import { type Column, columnsFor, totals } from './score/score.ts'
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
  readonly #versions: number[]

  constructor(pod: PodFacts, snapshot: Snapshot) {
    const { nodes } = snapshot
    this.nodes = nodes
    this.#judge = judgeFor(pod, snapshot)
    this.#columns = columnsFor(nodeScores, pod, snapshot)
    for (const { raw } of this.#columns) raw.push(...nodes.map(() => 0))
    this.#refusals = nodes.map(() => undefined)
    this.#versions = nodes.map(() => -1)
  }

  plan(random: Random): Placement {
    const { nodes } = this
    const fitting: number[] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      if (this.#versions[i] !== node.version) this.#look(i, node)
      if (this.#refusals[i] === undefined) fitting.push(i)
    }
    if (fitting.length > 0) {
      const place = fitting[best(totals(this.#columns, fitting), random)]!
      return { node: nodes[place]!, judged: nodes.length }
    }
    return { node: undefined, refusals: nodes.map((node, i) => ({ node, refusal: this.#refusals[i]! })) }
  }

  #look(i: number, node: NodeInfo): void {
    this.#versions[i] = node.version
    this.#refusals[i] = this.#judge(node)
    if (this.#refusals[i] !== undefined) return
    for (const { raw, rate } of this.#columns) raw[i] = rate(node)
  }
}
