import type { Decision, ObjectRef, Verdict } from '../../lib/decisions.ts'
import type { Recorder } from '../../lib/decisions.ts'
import { WherryError } from '../../lib/errors.ts'
import { isObject } from '../../lib/patch/json.ts'
import type { ApiResponse } from '../api-server.ts'
import type { Identity } from '../authn/identity.ts'
import { nodeOf } from '../authz/node-authorizer.ts'
import type { ResourceRequest } from '../http/handler.ts'
import { response } from '../http/respond.ts'
import { parseJson } from '../rest/incoming.ts'
import { badRequest, methodNotAllowed } from '../rest/refusals.ts'
import type { DecisionQuery, DecisionRing } from './ring.ts'

/** How many decisions one request may bring. */
const BATCH_MAX = 5000

/** Serves `/apis/wherry.dev/v1/decisions`: what was decided and why. The request has been authorized. */
export function decisionsHandler(ring: DecisionRing, recorder: Recorder) {
  return async ({ request, identity, target, query }: ResourceRequest): Promise<ApiResponse> => {
    if (target.verb === 'list') {
      const items = ring.query(readQuery(query))
      return json(200, { kind: 'DecisionList', apiVersion: 'wherry.dev/v1', items })
    }
    if (target.verb !== 'create') throw methodNotAllowed()
    const decisions = readBatch(parseJson((await request.body()).toString()), identity)
    for (const decision of decisions) recorder.record(decision)
    return json(201, { kind: 'DecisionList', apiVersion: 'wherry.dev/v1', accepted: decisions.length })
  }
}

function json(status: number, value: object): ApiResponse {
  return response(status, 'application/json', [Buffer.from(JSON.stringify(value))])
}

function readQuery(query: URLSearchParams): DecisionQuery {
  const about = query.get('about')
  const by = query.get('by')
  const since = query.get('since')
  const limit = query.get('limit')
  return {
    ...(about ? { about } : {}),
    ...(by ? { by } : {}),
    ...(since ? { since: readTime(since) } : {}),
    ...(limit ? { limit: readLimit(limit) } : {}),
  }
}

function readTime(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(ms)) throw badRequest(`since: ${JSON.stringify(text)} is neither a time nor milliseconds since 1970`)
  return ms
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw badRequest(`limit: ${JSON.stringify(text)} is not a whole number above 0`)
}

/** Reads a list, or an object with a list of items. A node may only speak for its own agent. */
function readBatch(value: unknown, identity: Identity): Decision[] {
  const items = isObject(value) ? value['items'] : value
  if (!Array.isArray(items)) throw badRequest('a list of decisions was expected, or an object with items')
  if (items.length > BATCH_MAX) throw badRequest(`at most ${BATCH_MAX} decisions may come at once`)
  const node = nodeOf(identity)
  return items.map((item, index) => {
    const decision = readDecision(item, `items[${index}]`)
    if (node !== undefined && decision.by !== `agent/${node}` && !decision.by.startsWith(`agent/${node}/`)) {
      throw new WherryError('forbidden', `node ${JSON.stringify(node)} cannot speak for ${JSON.stringify(decision.by)}`)
    }
    return decision
  })
}

const VERDICTS: ReadonlySet<unknown> = new Set<Verdict>(['progress', 'waiting', 'refused', 'done'])

function readDecision(item: unknown, path: string): Decision {
  if (!isObject(item)) throw badRequest(`${path} is no object`)
  const { at, by, about, verdict, reason, message, because = [], help } = item
  if (typeof at !== 'number') throw badRequest(`${path}.at is no number`)
  if (!VERDICTS.has(verdict)) throw badRequest(`${path}.verdict is none of ${[...VERDICTS].join(', ')}`)
  if (!isRef(about)) throw badRequest(`${path}.about names no object`)
  for (const [name, text] of Object.entries({ by, reason, message })) {
    if (typeof text !== 'string' || text === '') throw badRequest(`${path}.${name} is no text`)
  }
  if (!Array.isArray(because) || !because.every((one) => isObject(one) && typeof one['message'] === 'string')) {
    throw badRequest(`${path}.because is no list of reasons`)
  }
  if (help !== undefined && typeof help !== 'string') throw badRequest(`${path}.help is no text`)
  return {
    at,
    by: by as string,
    about,
    verdict: verdict as Verdict,
    reason: reason as string,
    message: message as string,
    because: because as Decision['because'],
    ...(help === undefined ? {} : { help }),
  }
}

function isRef(value: unknown): value is ObjectRef & Record<string, unknown> {
  return isObject(value) && typeof value['resource'] === 'string' && typeof value['name'] === 'string'
}
