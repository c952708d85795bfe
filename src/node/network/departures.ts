import type { Endpoint, EndpointSlice } from '../../api/discovery/v1.ts'

/** An endpoint that new connections were sent to and are not any more. */
export interface Departure {
  /** Of the pod, where it is one. */
  readonly uid: string | undefined
  readonly address: string
  readonly nodeName: string | undefined
}

/** Pure. Whether new connections are sent to an endpoint while there are others too. */
export function takesConnections({ conditions }: Endpoint): boolean {
  return conditions.ready !== false && conditions.terminating !== true
}

/** Pure. Which endpoints a change of a slice has taken away; `now` is undefined for a slice that is gone. */
export function departures(before: EndpointSlice | undefined, now: EndpointSlice | undefined): readonly Departure[] {
  const staying = new Set((now?.endpoints ?? []).filter(takesConnections).map(identity))
  const left = (before?.endpoints ?? []).filter(
    (endpoint) => takesConnections(endpoint) && !staying.has(identity(endpoint)),
  )
  return left.map((endpoint) => ({
    uid: endpoint.targetRef?.uid,
    address: endpoint.addresses[0] ?? '',
    nodeName: endpoint.nodeName,
  }))
}

function identity({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses[0] ?? ''}`
}
