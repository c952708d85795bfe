import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../api/core/v1.ts'
import { NodeInfo } from './node-info.ts'
import { factsOf, type PodFacts } from './pod-facts.ts'

/** What one attempt to place a pod reads. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  /** Pods that keep others away: their anti-affinity counts for everybody. */
  readonly keepers: Iterable<{ readonly pod: PodFacts; readonly node: NodeInfo }>
  readonly objects: PlacementObjects
}

/** Objects other than pods and nodes that bear on a placement. */
export interface PlacementObjects {
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  volume(name: string): PersistentVolume | undefined
  /** Whether the class of a claim waits for its first consumer before it is bound. */
  waitsForConsumer(claim: PersistentVolumeClaim): boolean
}

/**
 * Nodes and the pods on them as the scheduler believes them to be: what the watches say, and what it has decided itself
 * and not seen come back yet (assumed). Each change costs the same however large the cluster is.
 */
export class ClusterState implements Snapshot {
  readonly objects: PlacementObjects
  readonly #nodes = new Map<string, NodeInfo>()
  /** Where each pod is, and whether that is only assumed. Pods on nodes that are not known (yet) are kept as well. */
  readonly #placed = new Map<
    string,
    { readonly facts: PodFacts; readonly nodeName: string; readonly assumed: boolean }
  >()
  readonly #byNode = new Map<string, Set<string>>()
  readonly #keepers = new Set<string>()
  #list: readonly NodeInfo[] | undefined

  constructor(objects: PlacementObjects) {
    this.objects = objects
  }

  get nodes(): readonly NodeInfo[] {
    return (this.#list ??= [...this.#nodes.values()])
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name)
  }

  get keepers(): readonly { readonly pod: PodFacts; readonly node: NodeInfo }[] {
    return [...this.#keepers].flatMap((uid) => {
      const { facts, nodeName } = this.#placed.get(uid)!
      const node = this.#nodes.get(nodeName)
      return node === undefined ? [] : [{ pod: facts, node }]
    })
  }

  setNode(node: Node): void {
    const known = this.#nodes.get(node.metadata.name!)
    if (known !== undefined) {
      known.node = node
      return
    }
    const info = new NodeInfo(node)
    this.#nodes.set(info.name, info)
    this.#list = undefined
    for (const uid of this.#byNode.get(info.name) ?? []) info.add(this.#placed.get(uid)!.facts)
  }

  removeNode(name: string): void {
    if (this.#nodes.delete(name)) this.#list = undefined
  }

  /** What a watch says of a pod. One that has ended takes nothing any more. */
  setPod(pod: Pod): void {
    const uid = pod.metadata.uid!
    const ended = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
    if (pod.spec.nodeName && !ended) this.#place(factsOf(pod), pod.spec.nodeName, false)
    // A pod that was assumed and still shows no node is on its way there.
    else if (ended || !this.#placed.get(uid)?.assumed) this.removePod(uid)
  }

  removePod(uid: string): void {
    const placed = this.#placed.get(uid)
    if (placed === undefined) return
    this.#placed.delete(uid)
    this.#byNode.get(placed.nodeName)?.delete(uid)
    this.#nodes.get(placed.nodeName)?.remove(uid)
    this.#keepers.delete(uid)
  }

  /** Counts a pod on a node before its binding is known. */
  assume(facts: PodFacts, nodeName: string): void {
    this.#place(facts, nodeName, true)
  }

  /** Takes back what was assumed and did not come true. */
  forget(uid: string): void {
    if (this.#placed.get(uid)?.assumed) this.removePod(uid)
  }

  isAssumed(uid: string): boolean {
    return this.#placed.get(uid)?.assumed ?? false
  }

  #place(facts: PodFacts, nodeName: string, assumed: boolean): void {
    const before = this.#placed.get(facts.uid)
    if (before?.nodeName !== nodeName) this.removePod(facts.uid)
    this.#placed.set(facts.uid, { facts, nodeName, assumed })
    let there = this.#byNode.get(nodeName)
    if (there === undefined) this.#byNode.set(nodeName, (there = new Set()))
    there.add(facts.uid)
    // A status alone takes nothing more: only a first placement, another spec or other labels are counted anew.
    if (before?.nodeName !== nodeName || differs(before.facts, facts)) this.#nodes.get(nodeName)?.add(facts)
    if (facts.pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length)
      this.#keepers.add(facts.uid)
  }
}

function differs(a: PodFacts, b: PodFacts): boolean {
  const [x, y] = [a.pod.metadata, b.pod.metadata]
  return (
    x.generation !== y.generation ||
    x.deletionTimestamp !== y.deletionTimestamp ||
    JSON.stringify(a.labels) !== JSON.stringify(b.labels)
  )
}

/** The state as it would be if some pods of one node were gone. */
export function withoutPods(
  snapshot: Snapshot,
  node: NodeInfo,
  uids: ReadonlySet<string>,
): Snapshot & { readonly node: NodeInfo } {
  const reduced = node.without(uids)
  return {
    node: reduced,
    objects: snapshot.objects,
    nodes: snapshot.nodes.map((one) => (one === node ? reduced : one)),
    keepers: [...snapshot.keepers]
      .filter(({ pod }) => !uids.has(pod.uid))
      .map((one) => (one.node === node ? { ...one, node: reduced } : one)),
  }
}
