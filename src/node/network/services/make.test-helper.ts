import { Pod, Service } from '../../../api/core/v1.ts'
import { EndpointSlice } from '../../../api/discovery/v1.ts'
import type { Draft } from '../../../api/meta/schema.ts'

/** A Service of type ClusterIP with port 80, but for what `spec` and `status` say. */
export function makeService(
  name: string,
  spec: Draft<Service['spec']> = {},
  status: Draft<Service['status']> = {},
): Service {
  const clusterIP = spec.clusterIP ?? '10.96.0.100'
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(name),
    spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }], ...spec },
    status: { loadBalancer: {}, ...status },
  } as Service
}

/** An endpoint as `address@node`, followed by its conditions: `!` not ready, `~` terminating but serving. */
export type EndpointText = string

/** A slice of `service` with port 8080. */
export function makeSlice(
  service: string,
  endpoints: readonly EndpointText[],
  options: { readonly name?: string; readonly port?: Draft<NonNullable<EndpointSlice['ports']>[number]> } = {},
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...meta(options.name ?? `${service}-x`), labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: '', protocol: 'TCP', port: 8080, ...options.port }],
    endpoints: endpoints.map((text) => {
      const [, address, nodeName, condition] = /^([^@!~]+)(?:@([^!~]+))?([!~]?)$/.exec(text)!
      return {
        addresses: [address],
        ...(nodeName !== undefined && { nodeName }),
        targetRef: { kind: 'Pod', namespace: 'default', name: address, uid: `uid-${address}` },
        conditions: { ready: condition === '', serving: condition !== '!', terminating: condition === '~' },
      }
    }),
  } as unknown as EndpointSlice
}

export function makePod(name: string, spec: Draft<Pod['spec']>, status: Draft<Pod['status']>): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: meta(name), spec, status } as unknown as Pod
}

let uids = 0

function meta(name: string) {
  const uid = `uid-${++uids}`
  return { name, namespace: 'default', uid, resourceVersion: `${uids}`, creationTimestamp: '2026-01-01T00:00:00Z' }
}
