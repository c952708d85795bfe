import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../lib/random.ts'
import { objectReader } from '../rest/object-reader.ts'
import { startTestServer } from '../server.test-helper.ts'
import { addressAt, candidates, isInRange, parseRange } from './addresses.ts'
import { repairRanges } from './repair.ts'

const SERVICES = '/api/v1/namespaces/default/services'

const service = (name: string, spec: object = {}): object => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
})

describe('ranges of addresses', () => {
  it('have an end on both sides', () => {
    const range = parseRange('10.96.7.7/16')
    assert.equal(range.cidr, '10.96.0.0/16')
    assert.equal(addressAt(range, 258), '10.96.1.2')
    assert.equal(isInRange(range, '10.96.0.0'), false)
    assert.equal(isInRange(range, '10.96.255.255'), false)
    assert.equal(isInRange(range, '10.96.255.254'), true)
    assert.equal(isInRange(range, '10.97.0.1'), false)
    for (const wrong of ['10.96.0.0', '10.96.0.0/33', 'a/16', '::1/64'])
      assert.throws(() => parseRange(wrong), { code: 'invalid' })
  })

  it('offer every place once, the lower end last', () => {
    const offered = [...candidates({ size: 1024 }, seededRandom(1))]
    assert.deepEqual(
      offered.toSorted((a, b) => a - b),
      Array.from({ length: 1022 }, (_, i) => i + 1),
    )
    assert.ok(offered.slice(0, 900).every((offset) => offset >= 64))
  })
})

describe('Services', () => {
  it('get an address of their own and give it back', async () => {
    const { send } = await startTestServer()
    const { json } = await send(`POST ${SERVICES}`, service('a'))
    const { clusterIP } = json.spec
    assert.match(clusterIP, /^10\.96\.\d+\.\d+$/)
    assert.deepEqual(json.spec.clusterIPs, [clusterIP])
    assert.deepEqual(json.spec.ipFamilies, ['IPv4'])
    const taken = await send(`POST ${SERVICES}`, service('b', { clusterIP }))
    assert.equal(taken.status, 422)
    assert.match(taken.json.message, /provided IP is already allocated/)
    const address = `/apis/networking.k8s.io/v1/ipaddresses/${clusterIP}`
    assert.equal((await send(`GET ${address}`)).json.spec.parentRef.name, 'a')
    await send(`DELETE ${SERVICES}/a`)
    assert.equal((await send(`GET ${address}`)).status, 404)
    assert.equal((await send(`POST ${SERVICES}`, service('b', { clusterIP }))).status, 201)
  })

  it('refuse addresses and ports that are not to be had', async () => {
    const { send } = await startTestServer()
    const outside = await send(`POST ${SERVICES}`, service('a', { clusterIP: '10.0.0.1' }))
    assert.equal(outside.status, 422)
    assert.match(outside.json.message, /not in the valid range/)
    const port = (nodePort: number): object => ({ type: 'NodePort', ports: [{ port: 80, nodePort }] })
    assert.equal((await send(`POST ${SERVICES}`, service('a', port(80)))).status, 422)
    assert.equal((await send(`POST ${SERVICES}`, service('a', port(30_080)))).status, 201)
    const taken = await send(`POST ${SERVICES}`, service('b', port(30_080)))
    assert.match(
      taken.json.message,
      /spec.ports\[0\].nodePort: Invalid value: 30080: provided port is already allocated/,
    )
  })

  it('hold nothing after a create that failed', async () => {
    const { send, store } = await startTestServer()
    const failed = await send(
      `POST ${SERVICES}`,
      service('a', { type: 'NodePort', ports: [{ port: 80 }, { port: 81, nodePort: 1 }] }),
    )
    assert.equal(failed.status, 422)
    assert.equal(store.count('/allocations/nodeports/'), 0)
    assert.equal(store.count('/registry/ipaddresses.networking.k8s.io/'), 0)
  })

  it('keep what an update leaves out, and change with their type', async () => {
    const { send, store } = await startTestServer()
    const first = (await send(`POST ${SERVICES}`, service('a', { type: 'NodePort' }))).json
    const { nodePort } = first.spec.ports[0]
    const same = (await send(`PUT ${SERVICES}/a`, service('a', { type: 'NodePort' }))).json
    assert.equal(same.spec.clusterIP, first.spec.clusterIP)
    assert.equal(same.spec.ports[0].nodePort, nodePort)
    const inner = (await send(`PUT ${SERVICES}/a`, { ...same, spec: { ...same.spec, type: 'ClusterIP' } })).json
    assert.equal(inner.spec.ports[0].nodePort, undefined)
    assert.equal(store.count('/allocations/nodeports/'), 0)
    const named = await send(`PUT ${SERVICES}/a`, {
      ...inner,
      spec: { ...inner.spec, type: 'ExternalName', externalName: 'example.com' },
    })
    assert.equal(named.status, 200)
    assert.equal(store.count('/registry/ipaddresses.networking.k8s.io/'), 0)
  })

  it('take one node port for TCP and UDP of one port', async () => {
    const { send } = await startTestServer()
    const ports = [
      { name: 't', port: 53, protocol: 'TCP' },
      { name: 'u', port: 53, protocol: 'UDP' },
    ]
    const { spec } = (await send(`POST ${SERVICES}`, service('dns', { type: 'NodePort', ports }))).json
    assert.equal(spec.ports[0].nodePort, spec.ports[1].nodePort)
  })

  it('have no address when they are headless or a name', async () => {
    const { send, store } = await startTestServer()
    const headless = (await send(`POST ${SERVICES}`, service('a', { clusterIP: 'None' }))).json
    assert.deepEqual(headless.spec.clusterIPs, ['None'])
    await send(`POST ${SERVICES}`, {
      metadata: { name: 'b' },
      spec: { type: 'ExternalName', externalName: 'example.com' },
    })
    assert.equal(store.count('/registry/ipaddresses.networking.k8s.io/'), 0)
  })

  it('get back what a crash has left taken', async () => {
    const { send, store } = await startTestServer()
    await send(`POST ${SERVICES}`, service('a', { type: 'NodePort' }))
    await store.write({ key: '/allocations/nodeports/31000', value: Buffer.from('{}'), expected: 0 })
    await send('POST /apis/networking.k8s.io/v1/ipaddresses', {
      metadata: { name: '10.96.9.9' },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'gone' } },
    })
    await repairRanges(store, objectReader(store))
    assert.equal(store.count('/allocations/nodeports/'), 1)
    assert.equal(store.count('/registry/ipaddresses.networking.k8s.io/'), 1)
  })
})
