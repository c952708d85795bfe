import { isIPv6 } from 'node:net'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { Endpoints } from '../../api/core/endpoints.ts'
import { Namespaces } from '../../api/core/namespace.ts'
import { Services } from '../../api/core/service.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import { FlowSchemas } from '../../api/flowcontrol/flow-schema.ts'
import { PriorityLevelConfigurations } from '../../api/flowcontrol/priority-level-configuration.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { ServiceCIDRs } from '../../api/networking/service-cidr.ts'
import { PriorityClasses } from '../../api/scheduling/priority-class.ts'
import { isWherryError } from '../../lib/errors.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { ObjectApi } from '../api-server.ts'
import { addressAt, parseRange } from '../services/addresses.ts'

export interface BootstrapOptions {
  readonly serviceRange: string
  /** Where clients in pods reach this server; without it there is no Service `kubernetes`. */
  readonly advertise?: { readonly address: string; readonly port: number }
  /** PEM: told to servers that stand behind this one, so that they can check who calls. */
  readonly clientCa?: string
  /** PEM: the same for what this server says of its callers; with the name that its certificate carries. */
  readonly frontProxy?: { readonly ca: string; readonly name: string }
}

/** Makes the objects that every cluster has, where they are missing. */
export async function bootstrapObjects(api: ObjectApi, options: BootstrapOptions): Promise<void> {
  await Promise.all(
    ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) =>
      ensure(api, Namespaces, { metadata: { name } }),
    ),
  )
  await Promise.all([
    ...PRIORITY_CLASSES.map((one) => ensure(api, PriorityClasses, one)),
    ...LEVELS.map((one) => ensure(api, PriorityLevelConfigurations, one)),
    ...FLOWS.map((one) => ensure(api, FlowSchemas, one)),
    ensure(api, ServiceCIDRs, { metadata: { name: 'kubernetes' }, spec: { cidrs: [options.serviceRange] } }),
    options.clientCa === undefined ? undefined : publishAuthentication(api, options.clientCa, options.frontProxy),
    options.advertise === undefined ? undefined : publishService(api, options.serviceRange, options.advertise),
  ])
}

async function ensure<T extends KubeObject>(api: ObjectApi, kind: Kind<T>, draft: Draft<T>): Promise<void> {
  const { name = '', namespace } = draft.metadata as { name?: string; namespace?: string }
  if ((await find(api, kind, { name, ...(namespace === undefined ? {} : { namespace }) })) !== undefined) return
  try {
    await api.create(kind, draft)
  } catch (error) {
    if (!isWherryError(error, 'already-exists')) throw error
  }
}

async function find<T extends KubeObject>(
  api: ObjectApi,
  kind: Kind<T>,
  ref: { readonly name: string; readonly namespace?: string },
): Promise<T | undefined> {
  try {
    return await api.get(kind, ref)
  } catch (error) {
    if (isWherryError(error, 'not-found')) return undefined
    throw error
  }
}

const PRIORITY_CLASSES = [
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description: 'For what the cluster cannot do without.',
  },
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'For what a node cannot do without.',
  },
]

const LEVELS = [
  {
    metadata: { name: 'exempt' },
    spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  },
  {
    metadata: { name: 'catch-all' },
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
    },
  },
]

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}

function group(name: string): { kind: string; group: { name: string } } {
  return { kind: 'Group', group: { name } }
}

const FLOWS = [
  {
    metadata: { name: 'exempt' },
    spec: {
      priorityLevelConfiguration: { name: 'exempt' },
      matchingPrecedence: 1,
      rules: [{ subjects: [group('system:masters')], ...everything }],
    },
  },
  {
    metadata: { name: 'catch-all' },
    spec: {
      priorityLevelConfiguration: { name: 'catch-all' },
      matchingPrecedence: 10_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [{ subjects: [group('system:unauthenticated'), group('system:authenticated')], ...everything }],
    },
  },
]

/** Tells servers that stand behind this one whom to believe (Kubernetes, "Authenticating proxy"). */
async function publishAuthentication(
  api: ObjectApi,
  clientCa: string,
  frontProxy: BootstrapOptions['frontProxy'],
): Promise<void> {
  const ref = { namespace: 'kube-system', name: 'extension-apiserver-authentication' }
  const data = {
    'client-ca-file': clientCa,
    ...(frontProxy === undefined
      ? {}
      : {
          'requestheader-client-ca-file': frontProxy.ca,
          'requestheader-allowed-names': JSON.stringify([frontProxy.name]),
          'requestheader-username-headers': '["X-Remote-User"]',
          'requestheader-uid-headers': '["X-Remote-Uid"]',
          'requestheader-group-headers': '["X-Remote-Group"]',
          'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
        }),
  }
  const known = await find(api, ConfigMaps, ref)
  if (known === undefined) await ensure(api, ConfigMaps, { metadata: ref, data })
  else if (!sameJson({ ...known.data, ...data }, known.data)) {
    await api.patch(ConfigMaps, ref, { data }, { type: 'merge' })
  }
}

/** The Service by which pods reach the API, with this server behind it. */
async function publishService(
  api: ObjectApi,
  range: string,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<void> {
  const ref = { namespace: 'default', name: 'kubernetes' }
  const labels = { component: 'apiserver', provider: 'kubernetes' }
  await ensure(api, Services, {
    metadata: { ...ref, labels },
    spec: {
      type: 'ClusterIP',
      clusterIP: addressAt(parseRange(range), 1),
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      sessionAffinity: 'None',
    },
  })
  // An address of this machine to itself is of no use in a pod, and no endpoint may have it.
  if (address.startsWith('127.') || address === '::1') return
  const ports = [{ name: 'https', port, protocol: 'TCP' as const }]
  await put(api, Endpoints, {
    metadata: { ...ref, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports }],
  })
  await put(api, EndpointSlices, {
    metadata: { ...ref, labels: { 'kubernetes.io/service-name': ref.name } },
    addressType: isIPv6(address) ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports,
  })
}

/** Creates an object, or brings it to what it should say. */
async function put<T extends KubeObject>(api: ObjectApi, kind: Kind<T>, draft: Draft<T>): Promise<void> {
  const { name = '', namespace = '' } = draft.metadata as { name?: string; namespace?: string }
  const known = await find(api, kind, { name, namespace })
  if (known === undefined) {
    await ensure(api, kind, draft)
    return
  }
  const { metadata: _, ...wanted } = draft as Record<string, unknown>
  const present = known as unknown as Record<string, unknown>
  if (Object.keys(wanted).every((key) => sameJson(present[key], wanted[key]))) return
  await api.patch(kind, { name, namespace }, wanted, { type: 'merge' })
}
