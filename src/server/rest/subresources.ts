import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { RestContext, RestRequest } from './context.ts'

/** Answers what is not simply stored. The permit has been granted and the verb is one that is served. */
export type Handler = (context: RestContext, request: RestRequest, call: Call) => Promise<Answer> | Answer

/**
 * By `resource/subresource`, by `subresource` for all resources that have it, or by `resource` for creates of kinds that
 * are answered rather than stored. Without an entry, a subresource reads and writes a part of its object.
 */
export type Subresources = ReadonlyMap<string, Handler>
