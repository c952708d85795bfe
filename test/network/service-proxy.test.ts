import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { Pods } from '../../src/api/core/pod.ts'
import { Services } from '../../src/api/core/service.ts'
import { EndpointSlices } from '../../src/api/discovery/endpoint-slice.ts'
import { realClock } from '../../src/lib/clock.ts'
import type { DecisionDraft } from '../../src/lib/decisions.ts'
import { silentLogger } from '../../src/lib/log.ts'
import { parseCidr } from '../../src/node/network/addresses.ts'
import { hasConnections } from '../../src/node/network/in-flight.ts'
import { openNftSession } from '../../src/node/network/nft-session.ts'
import type { NftSession } from '../../src/node/network/nft-session.ts'
import { makePod, makeService, makeSlice } from '../../src/node/network/services/make.test-helper.ts'
import { startServiceProxy } from '../../src/node/network/services/service-proxy.ts'
import type { ServiceProxy } from '../../src/node/network/services/service-proxy.ts'
import { fakeCaches } from '../../src/node/network/fake-caches.test-helper.ts'
import type { FakeCaches } from '../../src/node/network/fake-caches.test-helper.ts'
import { addBridge, addHost, addPod, ask, CLIENT, ECHO_SERVER, eventually, insideLab, sh, startOn } from './lab.ts'
import type { Running } from './lab.ts'

const TABLE = 'wherry-test'
const facts = {
  table: TABLE,
  bridge: 'pods',
  overlay: 'overlay',
  podRange: parseCidr('10.244.0.0/16'),
  nodeRange: parseCidr('10.244.0.0/24'),
  serviceRange: parseCidr('10.96.0.0/16'),
}

/** Answers a connection only when it is told to. */
const HOLDING_SERVER = `
  import { createServer } from 'node:net'
  import { once } from 'node:events'
  const [address, port] = process.argv.slice(1)
  createServer(async (socket) => {
    console.log('connected')
    await once(process.stdin, 'data')
    socket.end('done')
  }).listen(Number(port), address, () => console.log('ready'))
`

if (insideLab(import.meta.filename)) {
  describe('the service proxy of a node', () => {
    const servers: Running[] = []
    let pod: Running
    let outside: Running
    let node: Running
    let proxy: ServiceProxy
    let caches: FakeCaches
    let stop: AbortController
    let nft: NftSession
    let decisions: DecisionDraft[]
    const scratchDir = mkdtempSync(join(tmpdir(), 'wherry-test-'))

    const start = async (): Promise<void> => {
      stop = new AbortController()
      nft = openNftSession({ scratchDir })
      proxy = await startServiceProxy({
        facts,
        place: { nodeName: 'n1', zone: undefined },
        caches,
        nft,
        clock: realClock,
        log: silentLogger,
        decide: (decision) => decisions.push(decision),
        signal: stop.signal,
      })
    }
    const end = async (): Promise<void> => {
      stop.abort()
      await proxy.ended()
      await nft[Symbol.asyncDispose]()
    }
    const restart = async (): Promise<void> => {
      await end()
      await start()
    }
    const offer = async (service: ReturnType<typeof makeService>, ...slices: ReturnType<typeof makeSlice>[]) => {
      for (const slice of slices) caches.put(EndpointSlices, slice)
      caches.put(Services, service)
      await proxy.settled()
    }

    before(async () => {
      // Pods of this node behind its bridge, and somebody outside of the cluster.
      addBridge('pods', '10.244.0.1/24')
      for (const last of ['2', '3', '4']) {
        addPod(`pod-${last}`, { bridge: 'pods', address: `10.244.0.${last}/24`, gateway: '10.244.0.1' })
      }
      addHost('outside', { addresses: ['192.0.2.2/24'], gateway: '192.0.2.1/24' })
      sh('ip route add default via 192.0.2.2')
      for (const last of ['2', '3', '4']) {
        const server = startOn(`pod-${last}`, ECHO_SERVER, [`tcp:10.244.0.${last}:8080`, `udp:10.244.0.${last}:8080`])
        await server.line()
        servers.push(server)
      }
      pod = startOn('pod-2', CLIENT, [])
      outside = startOn('outside', CLIENT, [])
      node = startOn(undefined, CLIENT, [])
    })
    after(async () => {
      for (const running of [...servers, pod, outside, node]) await running?.[Symbol.asyncDispose]()
      rmSync(scratchDir, { recursive: true })
    })
    afterEach(async () => {
      await end()
      sh(`nft delete table ip ${TABLE}`)
    })
    const fresh = async (): Promise<void> => {
      caches = fakeCaches()
      decisions = []
      await start()
    }

    it('spreads connections over the endpoints, for pods and for the node', async () => {
      await fresh()
      await offer(makeService('web'), makeSlice('web', ['10.244.0.2@n1', '10.244.0.3@n1', '10.244.0.4@n1']))
      for (const client of [pod, node]) {
        const answers = await ask(client, 'tcp:10.96.0.100:80', 90)
        const places = new Set(Object.keys(answers).map((answer) => answer.split(' ')[0]))
        assert.deepEqual([...places].toSorted(), ['10.244.0.2:8080', '10.244.0.3:8080', '10.244.0.4:8080'])
        for (const count of Object.values(answers)) assert.ok(count < 80, JSON.stringify(answers))
      }
    })

    it('refuses at once where there is no endpoint, no such port and no such address', async () => {
      await fresh()
      await offer(makeService('web'))
      assert.deepEqual(await ask(pod, 'tcp:10.96.0.100:80'), { ECONNREFUSED: 1 })
      assert.deepEqual(await ask(pod, 'tcp:10.96.0.100:81'), { ECONNREFUSED: 1 })
      assert.deepEqual(await ask(node, 'tcp:10.96.7.7:80'), { ECONNREFUSED: 1 })
      assert.deepEqual(await ask(pod, 'udp:10.96.0.100:80'), { ECONNREFUSED: 1 })
      assert.deepEqual(
        decisions.map(({ reason }) => reason),
        ['NoEndpoints'],
      )
    })

    it('follows endpoints that come and go', async () => {
      await fresh()
      await offer(makeService('web'), makeSlice('web', []))
      for (const last of ['2', '3', '4']) {
        await offer(makeService('web'), makeSlice('web', [`10.244.0.${last}@n1`]))
        const [answer] = Object.keys(await ask(node, 'tcp:10.96.0.100:80', 5))
        assert.equal(answer, `10.244.0.${last}:8080 192.0.2.1`)
      }
      caches.remove(Services, makeService('web'))
      await proxy.settled()
      assert.deepEqual(await ask(node, 'tcp:10.96.0.100:80'), { ECONNREFUSED: 1 })
    })

    it('answers at node ports on every address of the node, also the loopback, and shows pods the client', async () => {
      await fresh()
      const ports = [{ port: 80, nodePort: 30_080, protocol: 'TCP' as const }]
      await offer(makeService('web', { type: 'NodePort', ports }), makeSlice('web', ['10.244.0.2@n1']))
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.1:30080'), { '10.244.0.2:8080 192.0.2.2': 1 })
      assert.deepEqual(await ask(node, 'tcp:127.0.0.1:30080'), { '10.244.0.2:8080 10.244.0.1': 1 })
      assert.deepEqual(await ask(node, 'tcp:192.0.2.1:30080'), { '10.244.0.2:8080 192.0.2.1': 1 })
    })

    it('lets a pod reach itself through its Service', async () => {
      await fresh()
      await offer(makeService('web'), makeSlice('web', ['10.244.0.2@n1']))
      assert.deepEqual(await ask(pod, 'tcp:10.96.0.100:80'), { '10.244.0.2:8080 10.244.0.1': 1 })
    })

    it('drops clients from outside when their policy is Local and no endpoint is here, and serves those inside', async () => {
      await fresh()
      const status = { loadBalancer: { ingress: [{ ip: '192.0.2.77' }] } }
      const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' } as const
      sh('ip -n outside route replace 192.0.2.77 via 192.0.2.1')
      await offer(makeService('web', spec, status), makeSlice('web', ['10.244.0.2@n2']))
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.77:80'), { timeout: 1 })
      assert.deepEqual(await ask(node, 'tcp:192.0.2.77:80'), { '10.244.0.2:8080 192.0.2.1': 1 })
      await offer(makeService('web', spec, status), makeSlice('web', ['10.244.0.2@n1']))
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.77:80'), { '10.244.0.2:8080 192.0.2.2': 1 })
    })

    it('lets only the given sources in at a load balancer', async () => {
      await fresh()
      const status = { loadBalancer: { ingress: [{ ip: '192.0.2.77' }] } }
      const spec = { type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24', '203.0.113.7/32'] } as const
      await offer(
        makeService('web', { ...spec, loadBalancerSourceRanges: [...spec.loadBalancerSourceRanges] }, status),
        makeSlice('web', ['10.244.0.2@n1']),
      )
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.77:80'), { timeout: 1 })
      await restart()
      await offer(
        makeService('web', { ...spec, loadBalancerSourceRanges: ['192.0.2.0/24'] }, status),
        makeSlice('web', ['10.244.0.2@n1']),
      )
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.77:80'), { '10.244.0.2:8080 192.0.2.2': 1 })
    })

    it('keeps a client at its endpoint until that is gone, or it was away for too long', async () => {
      await fresh()
      const sticky = {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } },
      } as const
      const all = ['10.244.0.2@n1', '10.244.0.3@n1', '10.244.0.4@n1']
      await offer(makeService('web', sticky), makeSlice('web', all))
      const [chosen, ...others] = Object.keys(await ask(outside, 'tcp:10.96.0.100:80', 40))
      assert.deepEqual(others, [])
      const rest = all.filter((endpoint) => !chosen!.startsWith(endpoint.split('@')[0]!))
      await offer(makeService('web', sticky), makeSlice('web', rest))
      const [next, ...nobody] = Object.keys(await ask(outside, 'tcp:10.96.0.100:80', 40))
      assert.deepEqual(nobody, [])
      assert.notEqual(next, chosen)

      await offer(makeService('web', sticky), makeSlice('web', all))
      const seen = new Set<string>()
      while (seen.size < 2) {
        seen.add(Object.keys(await ask(outside, 'tcp:10.96.0.100:80'))[0]!)
        await realClock.sleep(1_100)
      }
    })

    it('moves a flow of UDP when its endpoint is gone', async () => {
      await fresh()
      const ports = [{ port: 53, protocol: 'UDP' as const }]
      const port = { protocol: 'UDP' }
      await offer(makeService('dns', { ports }), makeSlice('dns', ['10.244.0.2@n1'], { port }))
      assert.deepEqual(await ask(outside, 'udp:10.96.0.100:53', 3), { '10.244.0.2:8080 192.0.2.2': 3 })
      await offer(makeService('dns', { ports }), makeSlice('dns', ['10.244.0.3@n1'], { port }))
      assert.deepEqual(await ask(outside, 'udp:10.96.0.100:53', 3), { '10.244.0.3:8080 192.0.2.2': 3 })
    })

    it('tells of connections that a Service has sent to an endpoint and that are still open', async () => {
      await fresh()
      await offer(makeService('web'), makeSlice('web', ['10.244.0.2@n1'], { port: { port: 9999 } }))
      const until = (wanted: boolean): Promise<void> =>
        eventually(async () => (await hasConnections('10.244.0.2', stop.signal)) === wanted)
      await using server = startOn('pod-2', HOLDING_SERVER, ['10.244.0.2', '9999'])
      assert.equal(await server.line(), 'ready')
      const answer = ask(outside, 'tcp:10.96.0.100:80')
      assert.equal(await server.line(), 'connected')
      await until(true)
      server.write('go on')
      assert.deepEqual(await answer, { done: 1 })
      await until(false)
    })

    it('opens the host ports of pods', async () => {
      await fresh()
      const ports = [
        { containerPort: 8080, hostPort: 9090 },
        { containerPort: 8080, hostPort: 9091, hostIP: '192.0.2.1' },
      ]
      const web = makePod('web', { containers: [{ name: 'c', ports }] }, { phase: 'Running', podIP: '10.244.0.4' })
      caches.put(Pods, web)
      await proxy.settled()
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.1:9090'), { '10.244.0.4:8080 192.0.2.2': 1 })
      assert.deepEqual(await ask(outside, 'tcp:192.0.2.1:9091'), { '10.244.0.4:8080 192.0.2.2': 1 })
      assert.deepEqual(await ask(node, 'tcp:127.0.0.1:9090'), { '10.244.0.4:8080 10.244.0.1': 1 })
      assert.deepEqual(await ask(node, 'tcp:127.0.0.1:9091'), { ECONNREFUSED: 1 })
    })

    it('adopts what an earlier process left and changes only the difference', async () => {
      await fresh()
      const sticky = makeService('s', { clusterIP: '10.96.0.101', sessionAffinity: 'ClientIP' })
      await offer(makeService('web'), makeSlice('web', ['10.244.0.2@n1', '10.244.0.3@n1']))
      await offer(makeService('web'), makeSlice('web', ['10.244.0.3@n1', '10.244.0.4@n1']))
      await offer(sticky, makeSlice('s', ['10.244.0.2@n1', '10.244.0.3@n1', '10.244.0.4@n1']))
      const [chosen] = Object.keys(await ask(outside, 'tcp:10.96.0.101:80'))
      const before = sh(`nft -a list table ip ${TABLE} | sed 's/timeout.*//' | sort`)
      await restart()
      assert.equal(sh(`nft -a list table ip ${TABLE} | sed 's/timeout.*//' | sort`), before)
      assert.deepEqual(Object.keys(await ask(outside, 'tcp:10.96.0.101:80', 20)), [chosen])

      await end()
      caches.remove(Services, makeService('web'))
      await start()
      assert.deepEqual(await ask(outside, 'tcp:10.96.0.100:80'), { ECONNREFUSED: 1 })
      assert.deepEqual(Object.keys(await ask(outside, 'tcp:10.96.0.101:80', 20)), [chosen])
    })

    it('puts its table back when somebody has flushed it', async () => {
      await fresh()
      await offer(makeService('web'), makeSlice('web', ['10.244.0.2@n1']))
      sh('nft flush ruleset')
      await offer(makeService('other', { clusterIP: '10.96.0.101' }), makeSlice('other', ['10.244.0.3@n1']))
      assert.deepEqual(await ask(node, 'tcp:10.96.0.100:80'), { '10.244.0.2:8080 192.0.2.1': 1 })
      assert.deepEqual(await ask(node, 'tcp:10.96.0.101:80'), { '10.244.0.3:8080 192.0.2.1': 1 })
    })
  })
}
