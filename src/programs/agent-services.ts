import { Services } from '../api/core/service.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import { IngressClasses } from '../api/networking/ingress-class.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { Draft } from '../api/meta/schema.ts'
import type { Client } from '../client/client.ts'
import { isWherryError } from '../lib/errors.ts'

/** Agents answer DNS themselves: the service proxy leaves an address alone whose slices are all marked so. */
const ANSWERED_BY_AGENTS = 'dns.wherry.dev'

/**
 * What stands for the parts of the agents in the API, so that clients find DNS and the gateway where they expect them. Made
 * once: whoever replaces or removes one of them has the last word.
 */
export async function makeAgentServices(client: Client, dnsAddress: string): Promise<void> {
  const make = async <T extends KubeObject>(kind: Kind<T>, draft: Draft<T>): Promise<void> => {
    const { namespace, name } = draft.metadata as { readonly namespace?: string; readonly name: string }
    try {
      // Asked first: a Service that is there holds its address, which a second one would be refused for.
      await client.get(kind, { name, ...(namespace !== undefined && { namespace }) })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
      await client.create(kind, draft)
    }
  }
  const labels = { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' }
  await make(Services, {
    metadata: { namespace: 'kube-system', name: 'kube-dns', labels },
    spec: {
      clusterIP: dnsAddress,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  })
  await make(EndpointSlices, {
    metadata: {
      namespace: 'kube-system',
      name: 'kube-dns-agents',
      labels: {
        'kubernetes.io/service-name': 'kube-dns',
        'endpointslice.kubernetes.io/managed-by': ANSWERED_BY_AGENTS,
      },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [dnsAddress], conditions: { ready: true, serving: true, terminating: false } }],
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  })
  await make(IngressClasses, {
    metadata: { name: 'wherry', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'wherry.dev/gateway' },
  })
}
