import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Identity } from '../authn/identity.ts'
import type { ResourceTarget } from '../request.ts'

/** What admission looks at: one write on its way into the store. */
export interface Attempt {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly kind: Kind
  readonly target: ResourceTarget
  readonly identity: Identity
  /** The new object (already decoded and defaulted); absent for DELETE. A subresource's body for CONNECT, binding, eviction. */
  readonly object: KubeObject | undefined
  readonly old: KubeObject | undefined
  readonly dryRun: boolean
  /** Options of the request: CreateOptions, UpdateOptions, DeleteOptions. */
  readonly options: Readonly<Record<string, unknown>>
  /** Adds a `Warning: 299` header to the answer. */
  readonly warn: (message: string) => void
}

/**
 * One admission plug-in. `mutate` returns the object to go on with; `validate` throws `forbidden` or `invalid`.
 * Both may be asynchronous, for webhooks.
 */
export interface AdmissionPlugin {
  readonly name: string
  handles(attempt: Attempt): boolean
  mutate?(attempt: Attempt): KubeObject | Promise<KubeObject>
  validate?(attempt: Attempt): void | Promise<void>
}

/** Reads that admission and authorization need, served from the server's own memory. */
export interface ObjectReader {
  get<T extends KubeObject>(kind: Kind<T>, ref: { readonly namespace?: string; readonly name: string }): T | undefined
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[]
  /** Calls back on each change of the kind, after it is committed. */
  onChange<T extends KubeObject>(
    kind: Kind<T>,
    handler: (object: T | undefined, previous: T | undefined) => void,
  ): () => void
}
