import type { Kind } from '../api/meta/kind.ts'

export type Verb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  | 'connect'
  | 'proxy'

/** What a request is aimed at, read from its method and path alone (as upstream's RequestInfo). */
export type Target = ResourceTarget | PathTarget

export interface ResourceTarget {
  readonly resource: true
  readonly verb: Verb
  readonly group: string
  readonly version: string
  /** The plural, as in `pods`. */
  readonly plural: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** What follows a subresource that takes a path (`proxy`); with its leading slash. */
  readonly rest: string
  readonly path: string
  /** The field selector of a list or watch: some may read only what it chooses. */
  readonly fieldSelector?: string
  readonly kind: Kind | undefined
}

/** A path that is no resource, such as `/healthz`; its verb is the method in lower case. */
export interface PathTarget {
  readonly resource: false
  readonly verb: string
  readonly path: string
}
