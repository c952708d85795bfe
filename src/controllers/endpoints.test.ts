import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makePod } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { Endpoints } from '../api/core/endpoints.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import { Services } from '../api/core/service.ts'
import type { Pod, PodSpec, Service } from '../api/core/v1.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import type { Endpoint, EndpointSlice } from '../api/discovery/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { endpointSliceMirroringController } from './endpoint-slice-mirroring.ts'
import { endpointSliceController } from './endpoint-slice.ts'
import { endpointsController } from './endpoints.ts'
import { planSlices } from './endpoints/plan-slices.ts'

const controllers = [endpointSliceController, endpointsController, endpointSliceMirroringController]

const start = (t: Parameters<typeof startCluster>[0], stopMs = 0): Promise<TestCluster> =>
  startCluster(t, {
    controllers,
    nodes: { count: 2, stopMs, labels: (index) => ({ 'topology.kubernetes.io/zone': `zone-${index + 1}` }) },
  })

function makeService(spec: Draft<Service['spec']> = {}, name = 'web'): Draft<Service> {
  return {
    metadata: { name, labels: { tier: 'front' } },
    spec: {
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }],
      clusterIP: '10.96.0.20',
      ipFamilies: ['IPv4'],
      ...spec,
    },
  }
}

const ports = [{ name: 'web', containerPort: 8080 }]

function makeBacked(
  name: string,
  more: { spec?: Draft<PodSpec>; annotations?: Record<string, string> } = {},
): Draft<Pod> {
  return makePod(name, {
    metadata: { labels: { app: 'web' }, annotations: more.annotations ?? {} },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'main', ports }], ...more.spec },
  })
}

const slicesOf = async (cluster: TestCluster): Promise<EndpointSlice[]> => cluster.list(EndpointSlices)

function summary(slice: EndpointSlice): string[] {
  return slice.endpoints
    .map(({ targetRef, conditions: { ready, serving, terminating } }) => {
      const states = [ready && 'ready', serving && 'serving', terminating && 'terminating'].filter(Boolean)
      return [targetRef?.name, ...states].join(' ')
    })
    .toSorted()
}

describe('endpointSliceController', () => {
  it('says where the Pods of a Service are, by named port, with node and zone', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService())
    await cluster.create(Pods, makeBacked('a'))
    await cluster.create(
      Pods,
      makeBacked('b', { spec: { nodeName: 'node-2' }, annotations: { [simulation.ready]: 'false' } }),
    )
    await cluster.create(Pods, makePod('stranger', { spec: { nodeName: 'node-1' } }))
    await cluster.settle()
    const [slice, ...others] = await slicesOf(cluster)
    assert.deepEqual(others, [])
    assert.match(slice!.metadata.name, /^web-/)
    assert.deepEqual(slice!.metadata.labels, {
      tier: 'front',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    })
    assert.equal(slice!.metadata.ownerReferences?.[0]?.kind, 'Service')
    assert.equal(slice!.addressType, 'IPv4')
    assert.deepEqual(slice!.ports, [{ name: 'http', protocol: 'TCP', port: 8080 }])
    assert.deepEqual(summary(slice!), ['a ready serving', 'b'])
    const b = slice!.endpoints.find((endpoint) => endpoint.targetRef?.name === 'b')!
    assert.deepEqual([b.nodeName, b.zone], ['node-2', 'zone-2'])
    assert.deepEqual(cluster.complaints, [])
  })

  it('shows at once that a Pod is to end, and that it has', async (t) => {
    const cluster = await start(t, 10_000)
    await cluster.create(Services, makeService())
    const pod = await cluster.create(Pods, makeBacked('a'))
    await cluster.settle()
    await cluster.delete(Pods, pod)
    await cluster.settle()
    assert.deepEqual(summary((await slicesOf(cluster))[0]!), ['a serving terminating'])
    await cluster.advance(11_000)
    assert.deepEqual(summary((await slicesOf(cluster))[0]!), [])
  })

  it('keeps an empty slice for a Service without Pods', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService())
    await cluster.settle()
    const [slice] = await slicesOf(cluster)
    assert.deepEqual([slice!.endpoints, slice!.ports], [[], []])
    assert.ok(cluster.decisions.some((one) => one.reason === 'SelectsNothing' && one.about.name === 'web'))
  })

  it('tells Pods apart that listen on different ports', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService())
    await cluster.create(Pods, makeBacked('a'))
    const other = [{ name: 'main', image: 'main', ports: [{ name: 'web', containerPort: 9090 }] }]
    await cluster.create(Pods, makeBacked('b', { spec: { containers: other } }))
    await cluster.settle()
    const told = (await slicesOf(cluster)).map((slice) => [slice.ports[0]?.port, ...summary(slice)]).toSorted()
    assert.deepEqual(told, [
      [8080, 'a ready serving'],
      [9090, 'b ready serving'],
    ])
  })

  it('publishes addresses that are not ready when the Service says so, with host names', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService({ publishNotReadyAddresses: true, clusterIP: 'None' }))
    await cluster.create(
      Pods,
      makeBacked('a', { spec: { hostname: 'first', subdomain: 'web' }, annotations: { [simulation.ready]: 'false' } }),
    )
    await cluster.settle()
    const [slice] = await slicesOf(cluster)
    assert.deepEqual(summary(slice!), ['a ready'])
    assert.equal(slice!.endpoints[0]!.hostname, 'first')
    assert.equal(slice!.metadata.labels!['service.kubernetes.io/headless'], '')
  })

  it('keeps traffic near when the Service wants that', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService({ trafficDistribution: 'PreferSameNode' }))
    await cluster.create(Pods, makeBacked('a'))
    await cluster.settle()
    const [slice] = await slicesOf(cluster)
    assert.deepEqual(slice!.endpoints[0]!.hints, { forZones: [{ name: 'zone-1' }], forNodes: [{ name: 'node-1' }] })
  })

  it('follows the selector, and a node that changes its zone', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService())
    await cluster.create(Pods, makeBacked('a'))
    await cluster.settle()
    await cluster.patch(Nodes, { name: 'node-1' }, { metadata: { labels: { 'topology.kubernetes.io/zone': 'new' } } })
    await cluster.settle()
    assert.equal((await slicesOf(cluster))[0]!.endpoints[0]!.zone, 'new')
    await cluster.patch(Services, { name: 'web' }, { spec: { selector: { app: 'other' } } })
    await cluster.settle()
    assert.deepEqual((await slicesOf(cluster)).flatMap(summary), [])
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => controllers,
      cluster: { nodes: 1 },
      lifeMs: 1000,
      async arrange(cluster) {
        await cluster.create(Services, makeService())
        await cluster.create(Services, { metadata: { name: 'by-hand' }, spec: { ports: [{ port: 80 }] } })
        for (const name of ['a', 'b']) await cluster.create(Pods, makeBacked(name))
        const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]
        await cluster.create(Endpoints, { metadata: { name: 'by-hand' }, subsets })
      },
      async check(cluster) {
        const slices = await slicesOf(cluster)
        assert.deepEqual(slices.map((slice) => slice.endpoints.length).toSorted(), [1, 2])
        assert.equal((await cluster.get(Endpoints, 'web')).subsets?.[0]?.addresses?.length, 2)
      },
    }))
})

describe('planSlices', () => {
  const makeEndpoint = (name: string): Endpoint => ({
    addresses: [`10.0.0.${name}`],
    conditions: { ready: true },
    targetRef: { uid: name },
  })
  const group = (...names: string[]) => ({
    addressType: 'IPv4' as const,
    ports: [],
    endpoints: names.map(makeEndpoint),
  })
  const makeSlice = (name: string, ...names: string[]): EndpointSlice =>
    ({
      metadata: { name },
      addressType: 'IPv4',
      ports: [],
      endpoints: names.map(makeEndpoint),
    }) as unknown as EndpointSlice
  const told = (plan: ReturnType<typeof planSlices>): unknown => ({
    create: plan.create.map((one) => one.endpoints.map((endpoint) => endpoint.targetRef!.uid)),
    update: plan.update.map((one) => [
      one.slice.metadata.name,
      ...one.endpoints.map((endpoint) => endpoint.targetRef!.uid),
    ]),
    remove: plan.remove.map((one) => one.metadata.name),
  })

  it('writes nothing when nothing has changed', () => {
    const plan = planSlices([makeSlice('s', '1', '2')], [group('2', '1')], { max: 3 })
    assert.deepEqual(told(plan), { create: [], update: [], remove: [] })
  })

  it('fills a slice that changes anyway before it touches another one', () => {
    const existing = [makeSlice('s', '1', '2', '9'), makeSlice('t', '3')]
    const plan = planSlices(existing, [group('1', '2', '3', '4')], { max: 3 })
    assert.deepEqual(told(plan), { create: [], update: [['s', '1', '2', '4']], remove: [] })
  })

  it('fills the fullest slice that has room for all that is new', () => {
    const existing = [makeSlice('s', '1'), makeSlice('t', '2', '3')]
    const plan = planSlices(existing, [group('1', '2', '3', '4')], { max: 3 })
    assert.deepEqual(told(plan), { create: [], update: [['t', '2', '3', '4']], remove: [] })
  })

  it('makes full slices of what is more, and removes what becomes empty', () => {
    const plan = planSlices([makeSlice('s', '9')], [group('1', '2', '3', '4', '5')], { max: 2 })
    assert.deepEqual(told(plan), { create: [['3', '4'], ['5']], update: [['s', '1', '2']], remove: [] })
    assert.deepEqual(told(planSlices([makeSlice('s', '1'), makeSlice('t', '2')], [group('1')], { max: 2 })), {
      create: [],
      update: [],
      remove: ['t'],
    })
  })
})

describe('endpointsController', () => {
  it('says the same in the older form', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, makeService())
    await cluster.create(Pods, makeBacked('a'))
    await cluster.create(Pods, makeBacked('b', { annotations: { [simulation.ready]: 'false' } }))
    await cluster.settle()
    const { metadata, subsets } = await cluster.get(Endpoints, 'web')
    assert.equal(metadata.labels!['endpoints.kubernetes.io/managed-by'], 'endpoint-controller')
    assert.equal(subsets!.length, 1)
    assert.deepEqual(
      subsets![0]!.addresses!.map((one) => one.targetRef!.name),
      ['a'],
    )
    assert.deepEqual(
      subsets![0]!.notReadyAddresses!.map((one) => one.targetRef!.name),
      ['b'],
    )
    assert.deepEqual(subsets![0]!.ports, [{ name: 'http', port: 8080, protocol: 'TCP' }])
  })

  it('leaves what somebody has made for no Service', async (t) => {
    const cluster = await start(t)
    const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]
    const own = await cluster.create(Endpoints, { metadata: { name: 'own' }, subsets })
    await cluster.settle()
    await cluster.patch(Endpoints, own.metadata, { metadata: { labels: { changed: 'yes' } } })
    await cluster.settle()
    assert.equal((await cluster.get(Endpoints, 'own')).metadata.labels?.['changed'], 'yes')
  })

  it('removes them with their Service, also one that went while nobody looked', async (t) => {
    const cluster = await start(t)
    const service = await cluster.create(Services, makeService())
    await cluster.create(Services, makeService({ clusterIP: '10.96.0.21' }, 'web-2'))
    await cluster.settle()
    await cluster.delete(Services, service)
    await cluster.settle()
    assert.equal(await cluster.find(Endpoints, 'web'), undefined)
    await cluster.restart([])
    await cluster.delete(Services, await cluster.get(Services, 'web-2'))
    await cluster.restart(controllers)
    await cluster.settle()
    assert.equal(await cluster.find(Endpoints, 'web-2'), undefined)
  })
})

describe('endpointSliceMirroringController', () => {
  it('writes as slices what was written by hand, and takes them away again', async (t) => {
    const cluster = await start(t)
    await cluster.create(Services, { metadata: { name: 'db' }, spec: { ports: [{ port: 5432 }] } })
    const subsets = [
      { addresses: [{ ip: '192.0.2.1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: [{ port: 5432 }] },
    ]
    const endpoints = await cluster.create(Endpoints, { metadata: { name: 'db', labels: { own: 'yes' } }, subsets })
    await cluster.settle()
    const [slice] = await slicesOf(cluster)
    assert.deepEqual(slice!.metadata.labels, {
      own: 'yes',
      'kubernetes.io/service-name': 'db',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    })
    assert.deepEqual(
      slice!.endpoints.map(({ addresses, conditions }) => [addresses[0], conditions.ready]),
      [
        ['192.0.2.1', true],
        ['192.0.2.2', false],
      ],
    )
    await cluster.patch(Endpoints, endpoints, {
      subsets: [{ addresses: [{ ip: '192.0.2.3' }], ports: [{ port: 5432 }] }],
    })
    await cluster.settle()
    assert.deepEqual(
      (await slicesOf(cluster)).flatMap((one) => one.endpoints.flatMap((each) => each.addresses)),
      ['192.0.2.3'],
    )
    await cluster.delete(Endpoints, endpoints)
    await cluster.settle()
    assert.deepEqual(await slicesOf(cluster), [])
  })
})
