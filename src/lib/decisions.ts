/** Which object a decision is about, or which it read. `resource` is the plural with its group, as in `deployments.apps`. */
export interface ObjectRef {
  readonly resource: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
  readonly resourceVersion?: string
  /** The field that mattered, as in `spec.containers{web}.image`. */
  readonly field?: string
}

/** How a decision turned out: it goes on, it waits for something, or it refused. */
export type Verdict = 'progress' | 'waiting' | 'refused' | 'done'

/** One link of the chain: what was read, and what it said. */
export interface Because {
  readonly ref?: ObjectRef
  /** A sentence for a person: what was found there. */
  readonly message: string
  /** Numbers and names that `why` computes with; JSON. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** A decision as it is recorded when it is made (DESIGN.md, decision 5). */
export interface Decision {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Who decided: `scheduler`, `agent/node-1`, `admission/PodSecurity`, `controller/replica-set`. */
  readonly by: string
  readonly about: ObjectRef
  readonly verdict: Verdict
  /** A CamelCase code from the decider's closed list, as in `NoNodeFits`. */
  readonly reason: string
  /** One sentence for a person. */
  readonly message: string
  readonly because: readonly Because[]
  /** The one change that would help, when the decider knows it. */
  readonly help?: string
}

/** A decision before the recorder has added who and when. */
export type DecisionDraft = Omit<Decision, 'at' | 'by'>

/** Takes decisions; it never throws and never waits. */
export interface Recorder {
  record(decision: Decision): void
}
