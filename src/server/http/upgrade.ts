import type { Duplex } from 'node:stream'
import { isWherryError } from '../../lib/errors.ts'
import type { ApiRequest } from '../api-server.ts'
import { resourceOf } from '../rest/resource.ts'
import { methodNotAllowed, unknownResource } from '../rest/refusals.ts'
import type { DestinationOptions } from '../streams/destination.ts'
import { refuseOn, tunnel } from '../streams/tunnel.ts'
import { admitConnect } from '../subresources/connect.ts'
import type { HandlerOptions } from './handler.ts'
import { identityOf, kindFinder, targetOf } from './handler.ts'
import { respondError } from './respond.ts'
import { splitUrl } from './target.ts'

/** Subresources that a client takes over the connection for. */
const STREAMING = new Set(['exec', 'attach', 'portforward', 'proxy', 'log'])

/** Those that only read when they begin with a GET. */
const READING = new Set(['proxy', 'log'])

/** Takes over connections for exec, attach, port-forward, proxied WebSockets, and logs over them. */
export function upgradeHandler(
  options: HandlerOptions,
  destinations: DestinationOptions,
): (request: ApiRequest, socket: Duplex, head: Buffer) => Promise<void> {
  const { context } = options
  const findKind = kindFinder(context.kinds)
  return async (request, socket, head) => {
    try {
      const { path, query: text } = splitUrl(request.url)
      const query = new URLSearchParams(text)
      const identity = await identityOf(options, request)
      const target = await targetOf(request.method, path, query, findKind)
      const permit = context.authorize(identity, target)
      const backend = options.aggregation.backendOf(target)
      if (backend !== undefined) {
        await tunnel(request, socket, head, options.aggregation.destination(backend, identity, request.url))
        return
      }
      if (!target.resource || target.kind === undefined) throw unknownResource()
      if (!STREAMING.has(target.subresource) || !Object.hasOwn(target.kind.subresources, target.subresource)) {
        throw methodNotAllowed()
      }
      // A WebSocket begins with a GET, but whoever may only read must not run commands.
      if (target.verb === 'get' && !READING.has(target.subresource))
        context.authorize(identity, { ...target, verb: 'create' })
      const rest = { permit, target, resource: resourceOf(target.kind), warn: () => {} }
      await tunnel(request, socket, head, await admitConnect(context, destinations, rest, query))
    } catch (error) {
      if (!isWherryError(error))
        context.log.error('a connection could not be passed on', { path: splitUrl(request.url).path, error })
      refuseOn(socket, await respondError(error, undefined))
    }
  }
}
