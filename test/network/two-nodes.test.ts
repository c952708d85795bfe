import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Draft } from '../../src/api/meta/schema.ts'
import type { Node, Pod, Service } from '../../src/api/core/v1.ts'
import { makePod, makeService, makeSlice } from '../../src/node/network/services/make.test-helper.ts'
import { addHost, ask, CLIENT, ECHO_SERVER, insideLab, sh, startFileOn, startOn } from './lab.ts'
import type { Running } from './lab.ts'

const NODE_PROCESS = join(import.meta.dirname, 'node-process.ts')
const names = { bridge: 'pods', overlay: 'overlay', table: 'wherry-test' }

/** Words that were said, each to be heard once. */
class Words {
  readonly #said = new Map<string, number>()
  #wake = (): void => {}

  take(word: string): void {
    this.#said.set(word, (this.#said.get(word) ?? 0) + 1)
    this.#wake()
  }

  async next(word: string): Promise<void> {
    while ((this.#said.get(word) ?? 0) === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#said.set(word, this.#said.get(word)! - 1)
  }
}

/** A node of the test: a namespace with a data plane in it. */
interface TestNode {
  readonly name: string
  readonly dir: string
  readonly address: string
  process: Running
  words: Words
}

if (insideLab(import.meta.filename)) {
  describe('two nodes', () => {
    const dir = mkdtempSync(join(tmpdir(), 'wherry-test-'))
    const nodes: TestNode[] = []
    const running: Running[] = []
    const warnings: unknown[] = []
    const addresses: Record<string, string> = {}
    const untouched: Record<string, string> = {}

    const tell = (node: TestNode, ...words: unknown[]): void => node.process.write(JSON.stringify(words) + '\n')
    const putEverywhere = (kind: string, object: object): void => {
      for (const node of nodes) tell(node, 'put', kind, object)
    }
    /** Hears all that a node says, until it ends. What it says of itself is passed on to all. */
    const listen = async ({ process, words }: TestNode): Promise<void> => {
      for (;;) {
        const [word, ...args] = JSON.parse(await process.line()) as [string, ...any[]]
        if (word === 'patch') putEverywhere('Nodes', makeNode(args[0], args[1].metadata))
        else if (word === 'warning') warnings.push(args[0])
        else words.take(word)
      }
    }
    const heard = (node: TestNode, word: string): Promise<void> => node.words.next(word)
    const applied = async (): Promise<void> => {
      for (const node of nodes) {
        tell(node, 'applied')
        await heard(node, 'applied')
      }
    }
    const makeNode = (name: string, metadata: Draft<Node['metadata']> = {}): object => {
      const index = name === 'n1' ? 1 : 2
      return {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, uid: name, ...metadata },
        spec: { podCIDR: `10.244.${index}.0/24` },
        status: {
          addresses: [{ type: 'InternalIP', address: `192.0.2.${index}` }],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      }
    }
    const start = async (node: TestNode): Promise<void> => {
      node.process = startFileOn(node.name, NODE_PROCESS, [node.name, node.dir])
      node.words = new Words()
      void listen(node).catch(() => {})
      for (const index of [1, 2]) tell(node, 'put', 'Nodes', makeNode(`n${index}`))
    }
    /** What a runtime does for a pod, by the configuration that the node wrote. */
    const plugIn = (verb: 'ADD' | 'DEL', node: TestNode, pod: string): any => {
      const { name, cniVersion, plugins } = JSON.parse(readFileSync(`${node.dir}/cni/10-wherry.conflist`, 'utf8'))
      const environment = {
        ...process.env,
        CNI_COMMAND: verb,
        CNI_CONTAINERID: `container-${pod}`,
        CNI_NETNS: `/run/netns/${pod}`,
        CNI_IFNAME: 'eth0',
        CNI_PATH: '/usr/lib/cni',
      }
      const input = JSON.stringify({ ...plugins[0], name, cniVersion })
      const output = execFileSync('ip', ['netns', 'exec', node.name, `/usr/lib/cni/${plugins[0].type}`], {
        input,
        env: environment,
        encoding: 'utf8',
      })
      return output === '' ? undefined : JSON.parse(output)
    }
    const addPod = (node: TestNode, pod: string): string => {
      sh(`ip netns add ${pod}; ip -n ${pod} link set lo up`)
      const address: string = plugIn('ADD', node, pod).ips[0].address
      return (addresses[pod] = address.split('/')[0]!)
    }
    const serve = async (pod: string): Promise<void> => {
      const server = startOn(pod, ECHO_SERVER, [`tcp:${addresses[pod]}:8080`, `udp:${addresses[pod]}:8080`])
      await server.line()
      running.push(server)
    }
    const client = (place: string): Running => {
      const started = startOn(place, CLIENT, [])
      running.push(started)
      return started
    }
    const state = (node: TestNode): string =>
      sh(`ip -n ${node.name} -o link show; ip -n ${node.name} -o addr show | grep -v inet6;
          ip -n ${node.name} route show; ip netns exec ${node.name} nft list ruleset`).replaceAll(/@if\d+|^\d+: /gm, '')

    before(async () => {
      // An underlay as machines in one room have it.
      sh(
        'ip link add room type bridge; ip addr add 192.0.2.254/24 dev room; ip link set room up; sysctl -qw net.ipv4.ip_forward=1',
      )
      for (const index of [1, 2]) {
        const name = `n${index}`
        sh(`ip netns add ${name}
            ip link add ${name} type veth peer name eth0 netns ${name}
            ip link set ${name} master room up
            ip -n ${name} link set lo up
            ip -n ${name} addr add 192.0.2.${index}/24 dev eth0
            ip -n ${name} link set eth0 up
            ip -n ${name} route add default via 192.0.2.254`)
        // The second one has something on it that forwards nothing but its own, as Docker does.
        if (index === 2) {
          sh(
            `ip netns exec ${name} nft 'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; }'`,
          )
        }
        const node = { name, dir: join(dir, name), address: `192.0.2.${index}` } as TestNode
        untouched[name] = state(node)
        nodes.push(node)
      }
      addHost('outside', { addresses: ['198.51.100.2/24'], gateway: '198.51.100.1/24' })
      for (const node of nodes) await start(node)
      for (const node of nodes) {
        tell(node, 'ready')
        await heard(node, 'ready')
      }
      addPod(nodes[0]!, 'a1')
      addPod(nodes[0]!, 'a2')
      addPod(nodes[1]!, 'b1')
      for (const pod of ['a1', 'a2', 'b1']) await serve(pod)
    })
    after(async () => {
      for (const one of [...running, ...nodes.map((node) => node.process)]) await one[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true })
    })

    it('give pods addresses of their ranges', () => {
      assert.match(addresses['a1']!, /^10\.244\.1\./)
      assert.match(addresses['b1']!, /^10\.244\.2\./)
      assert.equal(new Set(Object.values(addresses)).size, 3)
    })

    it('let pods reach pods everywhere under their own addresses, and nodes reach pods', async () => {
      const a1 = client('a1')
      assert.deepEqual(await ask(a1, `tcp:${addresses['a2']}:8080`), {
        [`${addresses['a2']}:8080 ${addresses['a1']}`]: 1,
      })
      assert.deepEqual(await ask(a1, `tcp:${addresses['b1']}:8080`), {
        [`${addresses['b1']}:8080 ${addresses['a1']}`]: 1,
      })
      const n1 = client('n1')
      for (const pod of ['a1', 'b1']) {
        const [answer] = Object.keys(await ask(n1, `tcp:${addresses[pod]}:8080`))
        assert.match(answer!, new RegExp(`^${addresses[pod]}:8080 10\\.244\\.1\\.`))
      }
    })

    it('carry packets as large as the links of pods allow', () => {
      const mtu = Number(/mtu (\d+)/.exec(sh('ip -n a1 link show eth0'))![1])
      assert.equal(mtu, 1450)
      // A datagram that fills one packet, and must not be cut.
      const script = `
        import { createSocket } from 'node:dgram'
        const socket = createSocket('udp4')
        socket.on('message', (data) => { console.log(data.toString()); process.exit() })
        socket.send(Buffer.alloc(${mtu - 28}), 8080, '${addresses['b1']}')`
      const answer = sh(`ip netns exec a1 timeout 5 ${process.execPath} --input-type=module -e "${script}"`)
      assert.equal(answer.trim(), `${addresses['b1']}:8080 ${addresses['a1']}`)
    })

    it('show the world outside the address of the node', async () => {
      const server = startOn('outside', ECHO_SERVER, ['tcp:198.51.100.2:80'])
      running.push(server)
      await server.line()
      assert.deepEqual(await ask(client('b1'), 'tcp:198.51.100.2:80'), { '198.51.100.2:80 192.0.2.2': 1 })
    })

    it('send what comes to a Service to its endpoints, on whichever node they are', async () => {
      const ports = [{ port: 80, nodePort: 30_080, protocol: 'TCP' as const }]
      putEverywhere('EndpointSlices', makeSlice('web', [`${addresses['b1']}@n2`]))
      putEverywhere('Services', makeService('web', { type: 'NodePort', ports }))
      await applied()
      assert.deepEqual(await ask(client('a1'), 'tcp:10.96.0.100:80'), {
        [`${addresses['b1']}:8080 ${addresses['a1']}`]: 1,
      })
      assert.deepEqual(Object.keys(await ask(client('b1'), 'tcp:10.96.0.100:80')), [
        `${addresses['b1']}:8080 10.244.2.1`,
      ])
      for (const place of ['n1', 'n2', 'outside']) {
        const { timeout, ...answers } = await ask(client(place), 'tcp:192.0.2.1:30080', 3)
        assert.equal(timeout, undefined)
        assert.ok(
          Object.keys(answers).every((answer) => answer.startsWith(`${addresses['b1']}:8080`)),
          JSON.stringify(answers),
        )
      }
      assert.equal(
        Object.keys(await ask(client('n1'), 'tcp:127.0.0.1:30080'))[0]?.split(' ')[0],
        `${addresses['b1']}:8080`,
      )
    })

    it('answers between neighbours behind one bridge pass the rules', async () => {
      putEverywhere('EndpointSlices', makeSlice('near', [`${addresses['a2']}@n1`]))
      putEverywhere('Services', makeService('near', { clusterIP: '10.96.0.101' }))
      await applied()
      assert.deepEqual(await ask(client('a1'), 'tcp:10.96.0.101:80'), {
        [`${addresses['a2']}:8080 ${addresses['a1']}`]: 1,
      })
    })

    it('let a pod end only when both nodes have let go of it', async () => {
      const n2 = nodes[1]!
      const pod: Pod = makePod('b1', { containers: [] }, { podIP: addresses['b1']! })
      const both = [`${addresses['a2']}@n1`, `${addresses['b1']}@n2`]
      const service: Service = makeService('last', { clusterIP: '10.96.0.102' })
      putEverywhere('Services', service)
      putEverywhere('EndpointSlices', makeSlice('last', both))
      putEverywhere('EndpointSlices', makeSlice('web', []))
      await applied()
      Object.assign(pod.metadata, { uid: `uid-${addresses['b1']}`, deletionGracePeriodSeconds: 30 })
      tell(n2, 'drained', pod)
      putEverywhere('EndpointSlices', makeSlice('last', [both[0]!, `${both[1]}~`]))
      await heard(n2, 'drained')
      assert.deepEqual(warnings, [])
      const answers = await ask(client('a1'), 'tcp:10.96.0.102:80', 20)
      assert.deepEqual(Object.keys(answers), [`${addresses['a2']}:8080 ${addresses['a1']}`])
    })

    it('lose no connection when the agent of a node is started anew', async () => {
      const [n1] = nodes as [TestNode, TestNode]
      const before = state(n1)
      tell(n1, 'stop')
      await heard(n1, 'stopped')
      assert.equal(state(n1), before)
      await start(n1)
      // What it knew before it ended, it knows again.
      putEverywhere('EndpointSlices', makeSlice('web', [`${addresses['b1']}@n2`]))
      putEverywhere(
        'Services',
        makeService('web', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080, protocol: 'TCP' }] }),
      )
      await applied()
      assert.deepEqual(Object.keys(await ask(client('a1'), 'tcp:10.96.0.100:80')), [
        `${addresses['b1']}:8080 ${addresses['a1']}`,
      ])
    })

    it('give an address back, and leave nothing when they are torn down', async () => {
      for (const [pod, node] of [
        ['a1', nodes[0]!],
        ['a2', nodes[0]!],
        ['b1', nodes[1]!],
      ] as const)
        plugIn('DEL', node, pod)
      for (const node of nodes) {
        tell(node, 'stop')
        await heard(node, 'stopped')
        // In the node's namespace, as its agent would.
        sh(`ip netns exec ${node.name} ${process.execPath} --input-type=module -e "
          import { tearDownNetwork } from '${join(import.meta.dirname, '../../src/node/network/tear-down.ts')}'
          await tearDownNetwork(${JSON.stringify({ names, cniConfDir: `${node.dir}/cni`, dataDir: `${node.dir}/network` }).replaceAll('"', "'")})"`)
        assert.equal(state(node), untouched[node.name])
      }
    })
  })
}
