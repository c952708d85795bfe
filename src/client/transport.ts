import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { PatchType, RawRequest, RawResponse, WatchEvent } from './client.ts'

/**
 * How a client reaches the API, in terms of kinds and objects. There are two: `http-client.ts` (TLS, JSON) and the
 * server's own, for programs in its process (`ApiServer.transport(identity)`), which runs authorization, admission and
 * storage exactly as a request over the wire would, only without bytes.
 *
 * What an in-process transport promises:
 * - `body` is the caller's and may be frozen or shared: it is copied (by decoding), never changed or kept.
 * - Objects in answers and events are complete (apiVersion and kind set, also on the items of a list), deeply frozen,
 *   and may be the very ones that the server's own caches hold.
 * - A refusal is a rejected promise with a WherryError; for a watch, the iterator throws it.
 * - An answer to a write comes when it is durable; a watch delivers it no later than soon after, in revision order.
 */
export interface Transport {
  /** One request with one answer: an object, a list, a Status, or a subresource's own body. */
  call(call: ApiCall): Promise<unknown>
  /**
   * Events until `call.signal` fires (then it returns) or the server ends the stream (also a return; the caller resumes
   * from the last revision it saw). Throws `expired` when the revision is compacted or the reader was too slow.
   */
  watch(call: WatchCall): AsyncIterable<WatchEvent<KubeObject>>
  /** Any other path, bytes in and out. */
  raw(request: RawRequest): Promise<RawResponse>
  /** The same with the answer's body as it arrives: log and proxy streams. */
  stream(request: RawRequest): Promise<StreamResponse>
  close(): Promise<void>
}

/** One request to a resource of the API. */
export interface ApiCall {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
  readonly kind: Kind
  /** Absent for cluster-scoped kinds, and for lists and watches over all namespaces. */
  readonly namespace?: string
  /** Absent for list, create and deletecollection. */
  readonly name?: string
  readonly subresource?: string
  /** The parameters of the query, as on the wire: `labelSelector`, `fieldManager`, `dryRun`, `limit`, … */
  readonly query: Readonly<Record<string, string>>
  /** The object for create and update, the patch for patch, DeleteOptions for delete and deletecollection. */
  readonly body?: unknown
  /** With verb patch. */
  readonly patchType?: PatchType
  readonly signal?: AbortSignal
}

/** A watch: `query` has `resourceVersion`, `allowWatchBookmarks`, `sendInitialEvents`, and selectors. */
export interface WatchCall extends Omit<ApiCall, 'verb' | 'body' | 'patchType' | 'signal'> {
  readonly signal: AbortSignal
}

export interface StreamResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Buffer>
}
