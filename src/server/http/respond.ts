import { statusOf } from '../../api/meta/status.ts'
import { Status } from '../../api/meta/v1.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { ApiRequest, ApiResponse, ResponseBody } from '../api-server.ts'
import type { Answer } from '../rest/answer.ts'
import { header } from '../rest/call.ts'
import type { RestContext } from '../rest/context.ts'
import type { Writing } from '../rest/encode.ts'
import { contentTypeOf, encodeEntry, encodeObject, encodePage, encodeValue } from '../rest/encode.ts'
import type { IncludeObject } from '../rest/table.ts'
import { framesOf } from '../rest/watch-frames.ts'
import { watchStream } from '../rest/watch-stream.ts'
import { startWatch } from '../rest/watch.ts'
import { MEDIA_TYPES, negotiate, PLAIN_JSON, wantsPretty } from './negotiate.ts'

/** How the client wants its answer. Throws `not-acceptable` when there is no such way. */
export function writingFor(request: ApiRequest, query: URLSearchParams, now: () => number, isCustom = false): Writing {
  const pretty = wantsPretty(query.get('pretty'), header(request, 'user-agent'))
  return { ...negotiate(header(request, 'accept'), pretty, isCustom), includeObject: includeOf(query), now }
}

function includeOf(query: URLSearchParams): IncludeObject {
  const include = query.get('includeObject')
  return include === 'None' || include === 'Object' ? include : 'Metadata'
}

/** Writes an answer in the form that was asked for. */
export async function respond(context: RestContext, answer: Answer, writing: Writing): Promise<ApiResponse> {
  switch (answer.type) {
    case 'response':
      return answer.response
    case 'watch':
      return respondWatch(context, answer, writing)
    case 'page': {
      const body = await encodePage(answer.resource, answer.page, writing)
      return { ...response(200, contentTypeOf(writing, true), body), compressible: true }
    }
    case 'entry': {
      const body = encodeEntry(answer.resource, answer.entry, writing)
      return response(answer.status, contentTypeOf(writing, false), body instanceof Promise ? await body : body)
    }
    case 'object':
      return response(
        answer.status,
        contentTypeOf(writing, false),
        await encodeObject(answer.kind, answer.object, writing),
      )
    case 'value':
      return response(
        answer.status,
        MEDIA_TYPES[writing.format],
        await encodeValue(answer.value, answer.message, writing),
      )
  }
}

function respondWatch(
  context: RestContext,
  { plan }: Extract<Answer, { type: 'watch' }>,
  writing: Writing,
): ApiResponse {
  if (writing.format === 'yaml') {
    throw new WherryError(
      'not-acceptable',
      'only the following media types are accepted: application/json, application/vnd.kubernetes.protobuf;stream=watch',
    )
  }
  const contentType = contentTypeOf(writing, false) + (writing.format === 'protobuf' ? ';stream=watch' : '')
  return response(200, contentType, (sink) => {
    const { streams, metrics } = context
    const watcher = watchStream(framesOf(plan.resource, writing), sink)
    const { close } = startWatch(context, plan, watcher)
    streams.add(watcher.end)
    metrics.watches++
    sink.onClose(() => {
      close()
      metrics.watches--
      streams.delete(watcher.end)
    })
  })
}

export function response(status: number, contentType: string, body: ResponseBody): ApiResponse {
  return { status, headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' }, body }
}

/** The answer to a request that failed. The client's format is kept where it can be; else it is JSON. */
export async function respondError(error: unknown, writing: Writing | undefined): Promise<ApiResponse> {
  const status = statusOf(error)
  const format = writing?.format ?? PLAIN_JSON.format
  const body = await encodeValue(status, Status, { format, pretty: writing?.pretty === true })
  const { headers, ...rest } = response(status.code ?? 500, MEDIA_TYPES[format], body)
  const retryAfter = isWherryError(error) ? error.details?.retryAfterSeconds : undefined
  return { ...rest, headers: retryAfter === undefined ? headers : { ...headers, 'retry-after': String(retryAfter) } }
}
