import type { KubeObject } from '../../api/meta/kind.ts'
import { WherryError } from '../../lib/errors.ts'
import type { ApiResponse } from '../api-server.ts'
import type { ResourceTarget } from '../request.ts'
import { draftOf, validate } from '../rest/admit.ts'
import type { RestContext, RestRequest } from '../rest/context.ts'
import { badRequest } from '../rest/refusals.ts'
import type { Handler } from '../rest/subresources.ts'
import type { DestinationOptions } from '../streams/destination.ts'
import { destinationOf } from '../streams/destination.ts'
import { forward } from '../streams/forward.ts'
import type { Destination } from '../streams/node-connection.ts'

/** Subresources whose answers come from a node or a pod. */
export function connectHandlers(options: DestinationOptions): [string, Handler][] {
  const passOn: Handler = async (context, request, call) => {
    if (call.request === undefined) throw badRequest('only a request with bytes can be passed on')
    const destination = await admitConnect(context, options, request, call.query)
    const base = call.target.path.slice(0, call.target.path.length - call.target.rest.length)
    const isRead = call.request.method === 'GET' || call.request.method === 'HEAD'
    if (call.target.subresource === 'proxy' && call.target.rest === '' && isRead) {
      return { type: 'response', response: toRoot(base, call.query) }
    }
    const response = await forward(call.request, destination, (location) => moved(location, destination, base))
    return { type: 'response', response }
  }
  const upgradeOnly: Handler = () => {
    throw new WherryError('bad-request', 'Upgrade request required')
  }
  return [
    ['pods/log', passOn],
    ['pods/proxy', passOn],
    ['services/proxy', passOn],
    ['nodes/proxy', passOn],
    ['pods/exec', upgradeOnly],
    ['pods/attach', upgradeOnly],
    ['pods/portforward', upgradeOnly],
  ]
}

/** Relative links of a page lead to the wrong place unless its own address ends with a slash. */
function toRoot(base: string, query: URLSearchParams): ApiResponse {
  const text = query.toString()
  return { status: 301, headers: { location: `${base}/${text === '' ? '' : `?${text}`}` }, body: [] }
}

/** Asks admission whether somebody may connect, and finds out where to. */
export async function admitConnect(
  context: RestContext,
  options: DestinationOptions,
  request: RestRequest,
  query: URLSearchParams,
): Promise<Destination> {
  const { target, resource } = request
  if (target.subresource !== 'log') {
    const object = optionsObject(target, query, resource.kind.subresources[target.subresource]?.kind ?? '')
    await validate(context, draftOf('CONNECT', request, resource.kind, false, {}), object, undefined)
  }
  return destinationOf(options, target, query)
}

/** What admission sees of a connection: its parameters as an object such as PodExecOptions. */
function optionsObject({ rest }: ResourceTarget, query: URLSearchParams, kind: string): KubeObject {
  const isOn = (name: string): boolean => query.get(name) === 'true' || query.get(name) === '1'
  const container = query.get('container')
  return {
    kind,
    apiVersion: 'v1',
    metadata: {},
    ...(rest === '' ? {} : { path: rest }),
    ...(container === null ? {} : { container }),
    ...(query.has('command') ? { command: query.getAll('command') } : {}),
    ...(query.has('ports') ? { ports: query.getAll('ports').map(Number) } : {}),
    ...Object.fromEntries(['stdin', 'stdout', 'stderr', 'tty'].filter(isOn).map((name) => [name, true])),
  } as unknown as KubeObject
}

/** A place to which a pod sends its client has to lead through the proxy again. */
function moved(location: string, { protocol, host, port }: Destination, base: string): string {
  const own = `${protocol}://${host}:${port}`
  const path = location.startsWith(own) ? location.slice(own.length) || '/' : location
  return path.startsWith('/') && !path.startsWith('//') ? base + path : location
}
