import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { Entry, Store } from '../../store/store.ts'
import type { ListQuery } from './options.ts'
import { badRequest } from './refusals.ts'
import type { Resource } from './resource.ts'
import { prefixOf } from './resource.ts'
import { matcherOf } from './selection.ts'
import { readable } from './stored.ts'

/** A list, or a page of one, as of one revision. */
export interface Page {
  readonly entries: readonly Entry[]
  readonly revision: number
  /** Where the next page begins; empty after the last one. */
  readonly continueToken: string
  /** How many objects follow, where that is known. */
  readonly remaining: number | undefined
}

/** Reads a list. A page shows the revision of the first one; throws `expired` when that is forgotten. */
export async function readList(store: Store, resource: Resource, namespace: string, query: ListQuery): Promise<Page> {
  const prefix = prefixOf(resource, namespace)
  const matches = matcherOf(resource, query)
  const start = query.continueToken === '' ? undefined : readToken(query.continueToken, prefix)
  const revision = start === undefined ? startRevision(store, query) : start.revision
  const limit = query.limit
  if (matches === undefined) {
    const page = listAt(store, prefix, { after: start?.after, revision, limit }, query)
    return toPage(prefix, await readable(resource, page.entries), page.revision, page.remaining, true)
  }
  const page = listAt(store, prefix, { after: start?.after, revision, limit: 0 }, query)
  const chosen = (await readable(resource, page.entries)).filter(matches)
  const shown = limit > 0 ? chosen.slice(0, limit) : chosen
  return toPage(prefix, shown, page.revision, chosen.length - shown.length, false)
}

interface Window {
  readonly after: string | undefined
  readonly revision: number | undefined
  readonly limit: number
}

function listAt(
  store: Store,
  prefix: string,
  { after, revision, limit }: Window,
  query: ListQuery,
): ReturnType<Store['list']> {
  try {
    return store.list(prefix, {
      ...(after === undefined ? {} : { after }),
      ...(revision === undefined ? {} : { revision }),
      ...(limit > 0 ? { limit } : {}),
    })
  } catch (error) {
    if (query.continueToken === '' || after === undefined || !isWherryError(error, 'expired')) throw error
    throw new WherryError('expired', CONTINUE_EXPIRED, {
      details: { continue: writeToken({ revision: undefined, after }, prefix) },
      cause: error,
    })
  }
}

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.'

/** The revision to list at; undefined is the newest. */
function startRevision(store: Store, { resourceVersion, match, limit }: ListQuery): number | undefined {
  if (resourceVersion === undefined || resourceVersion === 0) return undefined
  if (match === 'Exact' || (match === undefined && limit > 0)) return resourceVersion
  refuseFuture(store, resourceVersion)
  return undefined
}

/** Throws `timeout` for a revision that nobody has seen yet. */
export function refuseFuture(store: Store, revision: number): void {
  const current = store.revision()
  if (revision <= current) return
  throw new WherryError('timeout', `Too large resource version: ${revision}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
      retryAfterSeconds: 1,
    },
  })
}

function toPage(
  prefix: string,
  entries: readonly Entry[],
  revision: number,
  remaining: number,
  isExact: boolean,
): Page {
  const last = entries.at(-1)
  if (remaining === 0 || last === undefined) return { entries, revision, continueToken: '', remaining: undefined }
  // With a selection the rest is not counted, as in Kubernetes.
  const continueToken = writeToken({ revision, after: last.key }, prefix)
  return { entries, revision, continueToken, remaining: isExact ? remaining : undefined }
}

interface Start {
  /** Undefined goes on with what is there now. */
  readonly revision: number | undefined
  readonly after: string
}

function writeToken({ revision, after }: Start, prefix: string): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision ?? -1, start: `${after.slice(prefix.length)}\u0000` }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function readToken(text: string, prefix: string): Start {
  let token: { v?: unknown; rv?: unknown; start?: unknown }
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString()) as typeof token
  } catch {
    throw badRequest('continue key is not valid: it is not what a list has answered')
  }
  const { v, rv, start } = token ?? {}
  if (v !== 'meta.k8s.io/v1' || !Number.isSafeInteger(rv) || typeof start !== 'string' || start === '') {
    throw badRequest('continue key is not valid: it is not what a list has answered')
  }
  return { revision: rv === -1 ? undefined : (rv as number), after: prefix + withoutEnd(start) }
}

/** A token ends with the smallest character: the next name is greater than the last one with that behind it. */
function withoutEnd(start: string): string {
  return start.endsWith('\u0000') ? start.slice(0, -1) : start
}
