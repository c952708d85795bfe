import type { KindRegistry } from '../../api/meta/registry.ts'
import type { Recorder } from '../../lib/decisions.ts'
import type { Logger } from '../../lib/log.ts'
import type { Metrics } from '../metrics.ts'
import type { AdmissionPlugin } from '../admission/admission.ts'
import type { Authorize, Permit } from '../authz/permit.ts'
import type { ResourceTarget } from '../request.ts'
import type { WriteQuery } from './options.ts'
import type { Resource } from './resource.ts'
import type { Specials } from './specials.ts'
import type { WatchContext } from './watch.ts'

/** What all verbs need. */
export interface RestContext extends WatchContext {
  readonly kinds: KindRegistry
  readonly authorize: Authorize
  readonly admission: readonly AdmissionPlugin[]
  readonly recorder: Recorder
  readonly log: Logger
  readonly metrics: Metrics
  /** What ends each stream that is open: called when the server closes. */
  readonly streams: Set<() => void>
  /** What some kinds do beside being stored. */
  readonly specials: Specials
}

/** One permitted request for a resource. */
export interface RestRequest {
  readonly permit: Permit
  readonly target: ResourceTarget
  readonly resource: Resource
  /** Adds a `Warning` header to the answer. */
  readonly warn: (message: string) => void
}

/** A request that changes something. */
export interface WriteRequest extends RestRequest {
  readonly query: WriteQuery
  /** Who the changed fields belong to. */
  readonly manager: string
}
