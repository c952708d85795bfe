import type { Node, Taint } from '../api/core/v1.ts'
import { amountOf, type Amounts, type HostPort, type PodFacts } from './pod-facts.ts'

/** A node with what is on it, kept current pod by pod. */
export class NodeInfo {
  readonly name: string
  #node: Node
  #allocatable: Amounts = {}
  readonly #pods = new Map<string, PodFacts>()
  readonly #requested: Record<string, number> = {}
  #likelyCpu = 0
  #likelyMemory = 0
  readonly #owners = new Map<string, number>()
  #version = 0

  constructor(node: Node) {
    this.name = node.metadata.name!
    this.#node = node
    this.node = node
  }

  /** Another one whenever anything of it changes. */
  get version(): number {
    return this.#version
  }

  get node(): Node {
    return this.#node
  }

  set node(node: Node) {
    this.#version++
    this.#node = node
    this.#allocatable = Object.fromEntries(
      Object.entries(node.status.allocatable ?? node.status.capacity ?? {}).map(([name, text]) => [
        name,
        amountOf(name, text),
      ]),
    )
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#node.metadata.labels ?? {}
  }

  get taints(): readonly Taint[] {
    return this.#node.spec.taints ?? []
  }

  /** What pods may take in all, by resource. */
  get allocatable(): Amounts {
    return this.#allocatable
  }

  /** What the pods that are here have asked for. */
  get requested(): Amounts {
    return this.#requested
  }

  get likely(): { readonly cpu: number; readonly memory: number } {
    return { cpu: this.#likelyCpu, memory: this.#likelyMemory }
  }

  get pods(): ReadonlyMap<string, PodFacts> {
    return this.#pods
  }

  /** How many pods of one owner are here. */
  ownedBy(owner: string): number {
    return this.#owners.get(owner) ?? 0
  }

  *hostPorts(): Iterable<HostPort> {
    for (const { hostPorts } of this.#pods.values()) yield* hostPorts
  }

  add(pod: PodFacts): void {
    this.remove(pod.uid)
    this.#pods.set(pod.uid, pod)
    this.#count(pod, 1)
  }

  remove(uid: string): void {
    const pod = this.#pods.get(uid)
    if (pod === undefined) return
    this.#pods.delete(uid)
    this.#count(pod, -1)
  }

  /** The same node as it would be without some of its pods. */
  without(uids: ReadonlySet<string>): NodeInfo {
    const copy = new NodeInfo(this.#node)
    for (const pod of this.#pods.values()) if (!uids.has(pod.uid)) copy.add(pod)
    return copy
  }

  #count(pod: PodFacts, sign: 1 | -1): void {
    this.#version++
    for (const name in pod.requests) this.#requested[name] = (this.#requested[name] ?? 0) + sign * pod.requests[name]!
    this.#likelyCpu += sign * pod.likely.cpu
    this.#likelyMemory += sign * pod.likely.memory
    if (pod.owner === undefined) return
    const owned = (this.#owners.get(pod.owner) ?? 0) + sign
    if (owned === 0) this.#owners.delete(pod.owner)
    else this.#owners.set(pod.owner, owned)
  }
}
