import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decode, encode } from 'dns-packet'
import type { Service } from '../api/core/v1.ts'
import type { EndpointSlice } from '../api/discovery/v1.ts'
import { respond } from './respond.ts'
import { readNameServers } from './upstream.ts'
import { answerFromZone, type ClusterNames } from './zone.ts'

const domain = 'cluster.local'
const service = (name: string, spec: object): Service =>
  ({ metadata: { name, namespace: 'shop' }, spec, status: {} }) as unknown as Service
const slice = (
  owner: string,
  endpoints: object[],
  ports: object[] = [{ name: 'http', port: 8080, protocol: 'TCP' }],
): EndpointSlice =>
  ({
    metadata: { name: `${owner}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': owner } },
    addressType: 'IPv4',
    endpoints,
    ports,
  }) as unknown as EndpointSlice

const services = [
  service('web', {
    clusterIP: '10.96.1.1',
    clusterIPs: ['10.96.1.1'],
    ports: [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  }),
  service('db', { clusterIP: 'None', ports: [{ name: 'http', port: 8080 }] }),
  service('early', { clusterIP: 'None', publishNotReadyAddresses: true }),
  service('out', { type: 'ExternalName', externalName: 'example.com' }),
  service('alias', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' }),
  service('loop', { type: 'ExternalName', externalName: 'loop.shop.svc.cluster.local' }),
]
const slices = [
  slice('db', [
    { addresses: ['10.244.0.5'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.244.0.6'], conditions: { ready: true } },
    { addresses: ['10.244.0.7'], conditions: { ready: false } },
  ]),
  slice('early', [{ addresses: ['10.244.0.8'], conditions: { ready: false } }]),
]
const names: ClusterNames = {
  hasNamespace: (name) => name === 'shop' || name === 'empty',
  service: (namespace, name) => (namespace === 'shop' ? services.find((one) => one.metadata.name === name) : undefined),
  slices: (_, owner) => slices.filter((one) => one.metadata.labels?.['kubernetes.io/service-name'] === owner),
  serviceWithAddress: (address) => services.find((one) => one.spec.clusterIPs?.includes(address)),
  endpointWithAddress: (address) =>
    slices
      .flatMap((one) => one.endpoints.map((endpoint) => ({ slice: one, endpoint })))
      .find(({ endpoint }) => endpoint.addresses.includes(address)),
}
const upstream = {
  ask: async (query: Buffer) =>
    encode({
      type: 'response',
      id: query.readUInt16BE(0),
      questions: decode(query).questions ?? [],
      answers: [{ type: 'A', name: decode(query).questions![0]!.name, ttl: 60, data: '192.0.2.80' }],
    }),
}

const ask = async (name: string, type = 'A', transport: 'udp' | 'tcp' = 'udp') => {
  const query = encode({ type: 'query', id: 7, flags: 256, questions: [{ name, type: type as 'A' }] })
  const answer = decode((await respond(query, { names, domain, upstream }, transport))!) as ReturnType<
    typeof decode
  > & { rcode: string }
  return {
    rcode: answer.rcode,
    data: (answer.answers ?? []).map((one) => ('data' in one ? one.data : undefined)),
    answer,
  }
}

describe('the zone', () => {
  it('leads a service to its cluster address, in any letter case', async () => {
    assert.deepEqual((await ask('WEB.shop.svc.Cluster.LOCAL')).data, ['10.96.1.1'])
  })
  it('answers no data, and how long that may be kept, for a name that has no such record', async () => {
    const { rcode, data, answer } = await ask('web.shop.svc.cluster.local', 'AAAA')
    assert.deepEqual([rcode, data, answer.authorities?.[0]?.type], ['NOERROR', [], 'SOA'])
    assert.equal((await ask('empty.svc.cluster.local')).rcode, 'NOERROR')
  })
  it('says that a name is not there', async () => {
    for (const name of [
      'nobody.shop.svc.cluster.local',
      'web.nowhere.svc.cluster.local',
      'x.web.shop.svc.cluster.local',
      'nonsense.cluster.local',
    ])
      assert.equal((await ask(name)).rcode, 'NXDOMAIN', name)
  })
  it('leads a headless service to its ready endpoints, and each endpoint by its own name', async () => {
    assert.deepEqual((await ask('db.shop.svc.cluster.local')).data.toSorted(), ['10.244.0.5', '10.244.0.6'])
    assert.deepEqual((await ask('db-0.db.shop.svc.cluster.local')).data, ['10.244.0.5'])
    assert.deepEqual((await ask('10-244-0-6.db.shop.svc.cluster.local')).data, ['10.244.0.6'])
    assert.deepEqual((await ask('early.shop.svc.cluster.local')).data, ['10.244.0.8'])
  })
  it('begins with another address each time', async () => {
    const firsts = new Set([
      (await ask('db.shop.svc.cluster.local')).data[0],
      (await ask('db.shop.svc.cluster.local')).data[0],
    ])
    assert.equal(firsts.size, 2)
  })
  it('tells ports by SRV, for services and headless endpoints', async () => {
    assert.deepEqual((await ask('_http._tcp.web.shop.svc.cluster.local', 'SRV')).data, [
      { priority: 0, weight: 100, port: 80, target: 'web.shop.svc.cluster.local' },
    ])
    const { data, answer } = await ask('_http._tcp.db.shop.svc.cluster.local', 'SRV')
    assert.deepEqual((data as { target: string }[]).map(({ target }) => target).toSorted(), [
      '10-244-0-6.db.shop.svc.cluster.local',
      'db-0.db.shop.svc.cluster.local',
    ])
    assert.equal(answer.additionals?.length, 2)
    assert.equal((await ask('_nope._tcp.web.shop.svc.cluster.local', 'SRV')).rcode, 'NXDOMAIN')
  })
  it('follows an ExternalName, inside and outside, and does not run in circles', async () => {
    assert.deepEqual((await ask('out.shop.svc.cluster.local')).data, ['example.com', '192.0.2.80'])
    assert.deepEqual((await ask('alias.shop.svc.cluster.local')).data, ['web.shop.svc.cluster.local', '10.96.1.1'])
    assert.ok((await ask('loop.shop.svc.cluster.local')).data.length < 20)
  })
  it('names addresses', async () => {
    assert.deepEqual((await ask('1.1.96.10.in-addr.arpa', 'PTR')).data, ['web.shop.svc.cluster.local'])
    assert.deepEqual((await ask('5.0.244.10.in-addr.arpa', 'PTR')).data, ['db-0.db.shop.svc.cluster.local'])
    assert.deepEqual((await ask('1.2.0.192.in-addr.arpa', 'PTR')).rcode, 'NOERROR')
  })
  it('names pods by their address', async () => {
    assert.deepEqual((await ask('10-244-0-9.shop.pod.cluster.local')).data, ['10.244.0.9'])
    assert.equal((await ask('10-244-0-999.shop.pod.cluster.local')).rcode, 'NXDOMAIN')
    assert.equal((await ask('10-244-0-9.nowhere.pod.cluster.local')).rcode, 'NXDOMAIN')
  })
  it('forwards all other names', async () => {
    assert.deepEqual((await ask('example.org')).data, ['192.0.2.80'])
  })
})

describe('respond', () => {
  it('cuts what a datagram cannot hold and says so; TCP carries it whole', async () => {
    const many = {
      ...names,
      slices: () => [
        slice(
          'db',
          Array.from({ length: 200 }, (_, i) => ({ addresses: [`10.244.1.${i}`] })),
        ),
      ],
    }
    const query = encode({ type: 'query', id: 9, questions: [{ name: 'db.shop.svc.cluster.local', type: 'A' }] })
    const resolver = { names: many, domain, upstream }
    const [short, whole] = await Promise.all([respond(query, resolver, 'udp'), respond(query, resolver, 'tcp')])
    assert.ok(short!.length <= 512 && decode(short!).flag_tc)
    assert.equal(decode(whole!).answers?.length, 200)
  })
  it('never answers an answer, and refuses what it cannot read', async () => {
    const resolver = { names, domain, upstream }
    const answer = encode({ type: 'response', id: 1, questions: [{ name: 'a', type: 'A' }] })
    assert.equal(await respond(answer, resolver, 'udp'), undefined)
    assert.equal(await respond(Buffer.from('short'), resolver, 'udp'), undefined)
    const garbage = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0]), Buffer.from([0xff, 0xff, 0xff])])
    assert.equal((await respond(garbage, resolver, 'udp'))![3]! & 0x0f, 1)
  })
})

describe('answerFromZone', () => {
  it('does not take a name that only ends like the zone for its own', () => {
    assert.equal(answerFromZone(names, domain, 'web.shop.svc.cluster.local', 'A').answers.length, 1)
    assert.deepEqual(
      readNameServers('nameserver 10.96.0.10\nnameserver 192.0.2.53 \n#nameserver 1.1.1.1\n', ['10.96.0.10']),
      ['192.0.2.53'],
    )
  })
})
