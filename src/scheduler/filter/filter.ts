import type { Snapshot } from '../cluster-state.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodFacts } from '../pod-facts.ts'

/** Why one node does not do. Expected outcomes are values: nothing is thrown. */
export interface Refusal {
  /** A code for programs, as in `InsufficientResource`. */
  readonly code: RefusalCode
  /** How kube-scheduler counts it: `Insufficient cpu`, `node(s) were unschedulable`. */
  readonly summary: string
  /** For a person, about this node, with numbers: `memory: asks for 4Gi, 1.2Gi of 3.8Gi is free`. */
  readonly detail: string
  /** Whether taking pods away from the node could help. */
  readonly preemptible: boolean
  readonly facts?: Readonly<Record<string, unknown>>
}

export type RefusalCode =
  | 'InsufficientResource'
  | 'Unschedulable'
  | 'NodeName'
  | 'NodeSelector'
  | 'Taint'
  | 'HostPort'
  | 'PodAffinity'
  | 'PodAntiAffinity'
  | 'ExistingAntiAffinity'
  | 'TopologySpread'
  | 'Volume'

/** Judges one node for the pod it was prepared for. */
export type Judge = (node: NodeInfo) => Refusal | undefined

/** Looks at a pod once, and returns what judges nodes for it; undefined when it has no say about this pod. */
export type Filter = (pod: PodFacts, snapshot: Snapshot) => Judge | undefined
