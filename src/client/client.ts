import type { Draft } from '../api/meta/schema.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'

/** Names one object; `namespace` is absent for cluster-scoped kinds. */
export interface Ref {
  readonly namespace?: string
  readonly name: string
}

export interface ListQuery {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
}

export interface List<T> {
  readonly items: readonly T[]
  readonly resourceVersion: string
  readonly continue?: string
}

export interface WatchQuery extends Pick<ListQuery, 'namespace' | 'labelSelector' | 'fieldSelector'> {
  readonly resourceVersion?: string
  readonly sendInitialEvents?: boolean
  readonly signal: AbortSignal
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }

export interface WriteOptions {
  readonly fieldManager?: string
  readonly dryRun?: boolean
}

export interface UpdateOptions extends WriteOptions {
  /** `status`, `finalize`, `approval`, … */
  readonly subresource?: string
}

export interface DeleteOptions extends WriteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface PatchOptions extends WriteOptions {
  readonly type: PatchType
  readonly subresource?: string
  readonly force?: boolean
}

/**
 * The API as a program sees it: `in-process.ts` calls the server's handler, `http-client.ts` speaks TLS. Every call throws a WherryError with the server's code and message when it is refused.
 * Objects that it returns may be shared and frozen: copy before changing.
 */
export interface Client {
  get<T extends KubeObject>(kind: Kind<T>, ref: Ref): Promise<T>
  list<T extends KubeObject>(kind: Kind<T>, query?: ListQuery): Promise<List<T>>
  watch<T extends KubeObject>(kind: Kind<T>, query: WatchQuery): AsyncIterable<WatchEvent<T>>
  /** `object.metadata.namespace` says where; apiVersion and kind may be left out. */
  create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options?: WriteOptions): Promise<T>
  update<T extends KubeObject>(kind: Kind<T>, object: T, options?: UpdateOptions): Promise<T>
  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): Promise<T>
  patch<T extends KubeObject>(kind: Kind<T>, ref: Ref, patch: unknown, options: PatchOptions): Promise<T>
  /** Returns the object as it is after the call when it is still there (finalizers, grace), undefined when it is gone. */
  delete<T extends KubeObject>(kind: Kind<T>, ref: Ref, options?: DeleteOptions): Promise<T | undefined>
  deleteCollection<T extends KubeObject>(kind: Kind<T>, query: ListQuery, options?: DeleteOptions): Promise<void>
  /** POST to a subresource such as `binding`, `eviction` or `token`; returns the answer's body. */
  createSubresource<T extends KubeObject>(kind: Kind<T>, ref: Ref, subresource: string, body: object): Promise<unknown>
  /** Any other path, as in `/apis/wherry.dev/v1/decisions`. */
  raw(request: RawRequest): Promise<RawResponse>
  /** The same with the answer's body as it arrives: log and proxy streams. */
  stream(request: RawRequest): Promise<StreamResponse>
  close(): Promise<void>
}

export interface RawRequest {
  readonly method: string
  /** Path with query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly signal?: AbortSignal
}

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface StreamResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Buffer>
}
