import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pods } from '../../src/api/core/pod.ts'
import { ServiceAccounts } from '../../src/api/core/service-account.ts'
import { Namespaces } from '../../src/api/core/namespace.ts'
import type { Pod } from '../../src/api/core/v1.ts'
import type { Draft } from '../../src/api/meta/schema.ts'
import { sharedCaches } from '../../src/client/caches.ts'
import type { Client } from '../../src/client/client.ts'
import { inProcessClient } from '../../src/client/in-process.ts'
import { allControllers } from '../../src/controllers/all.ts'
import { runControllers } from '../../src/controllers/runtime/run-controllers.ts'
import { realClock } from '../../src/lib/clock.ts'
import type { Decision } from '../../src/lib/decisions.ts'
import { isWherryError } from '../../src/lib/errors.ts'
import { jsonLogger } from '../../src/lib/log.ts'
import { createAuthority, issueCertificate } from '../../src/lib/pki.ts'
import type { KeyPair } from '../../src/lib/pki.ts'
import { runAgent } from '../../src/node/agent.ts'
import type { RunningAgent } from '../../src/node/agent.ts'
import { removeCgroupRoot } from '../../src/node/pods/cgroups.ts'
import { ociArchive } from '../../src/node/runtime/oci-archive.ts'
import { assembleServer } from '../../src/server/assemble.ts'
import { Identity } from '../../src/server/authn/identity.ts'
import { memoryStore } from '../../src/store/memory.ts'

export const nodeName = 'node-1'
/** An image with a shell and the usual commands. */
export const busybox = 'test.local/busybox:1'

/** A control plane in this process, and a node with a real container runtime. */
export interface World extends AsyncDisposable {
  readonly client: Client
  readonly dataDir: string
  readonly authority: KeyPair
  readonly decisions: readonly Decision[]
  readonly agent: RunningAgent
  /** Called before a pod's containers are told to end. */
  drained: (pod: Pod) => Promise<void>
  /** Ends the agent as a crash would, and starts another one. */
  restartAgent(): Promise<void>
  /** Binds a pod to the node and waits for nothing. */
  createPod(name: string, spec: Draft<Pod['spec']>, metadata?: Draft<Pod['metadata']>): Promise<Pod>
  getPod(name: string): Promise<Pod | undefined>
  /** Waits until the assertion holds for the pod; undefined stands for one that is gone. */
  eventually(name: string, holds: (pod: Pod) => boolean): Promise<Pod>
  gone(name: string): Promise<void>
  /** What a container has written so far. */
  log(name: string, container?: string): string
}

const patienceMs = 60_000

export async function startWorld(): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'agent-'))
  const clock = realClock
  const random = Math.random
  const stop = new AbortController()
  const log = jsonLogger((line) => process.env['AGENT_LOG'] && process.stderr.write(line), clock, 'info')
  const authority = await createAuthority('test', 1, Date.now())
  const store = memoryStore({ clock })
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const server = await assembleServer({
    store,
    clock,
    random,
    log,
    release: '0.0.0-test',
    tokenKeys: [privateKey],
    issuer: 'https://kubernetes.default.svc.cluster.local',
    encryptionKeys: randomBytes(32).toString('base64') + '\n',
  } as Parameters<typeof assembleServer>[0])
  const client = inProcessClient(server.api, Identity.of('test', ['system:masters', 'system:authenticated']), 'test')
  const controllers = runControllers({
    clock,
    random,
    recorder: server.recorder,
    signal: stop.signal,
    client,
    log,
    caches: sharedCaches({ client, clock, random, log, signal: stop.signal }),
    controllers: allControllers({ authority, clusterCidr: '10.244.0.0/16', nodeMask: 24 }),
  })
  await client.create(Namespaces, { metadata: { name: 'default' } }).catch(() => {})
  await until(async () => (await client.get(ServiceAccounts, { namespace: 'default', name: 'default' })) !== undefined)

  mkdirSync(join(dataDir, 'cni'), { recursive: true })
  const cniConfDir = join(dataDir, 'cni', 'net.d')
  mkdirSync(cniConfDir, { recursive: true })
  writeFileSync(join(cniConfDir, '10-test.conflist'), cniConfig(dataDir))
  const serving = await issueCertificate(authority, {
    commonName: nodeName,
    names: ['127.0.0.1'],
    usages: ['server'],
    days: 1,
    now: Date.now(),
  } as Parameters<typeof issueCertificate>[1])

  const decisions: Decision[] = []
  let agentStop = new AbortController()
  const world: { drained: (pod: Pod) => Promise<void> } = { drained: () => Promise.resolve() }
  const startAgent = (): Promise<RunningAgent> => {
    agentStop = new AbortController()
    const signal = agentStop.signal
    const agentClient = inProcessClient(
      server.api,
      Identity.of(`system:node:${nodeName}`, ['system:nodes', 'system:authenticated']),
      'kubelet',
    )
    return runAgent({
      client: agentClient,
      caches: sharedCaches({ client: agentClient, clock, random, log, signal }),
      nodeName,
      nodeAddresses: ['127.0.0.1'],
      dataDir,
      cniBinDir: '/usr/lib/cni',
      cniConfDir,
      cgroupRoot: `wherry-test-${process.pid}`,
      clusterDns: ['10.96.0.10'],
      clusterDomain: 'cluster.local',
      version: 'v1.36.0',
      server: {
        port: 0,
        host: '127.0.0.1',
        tls: () => ({ cert: serving.certificate, key: serving.key, ca: authority.certificate }),
        clientNames: ['apiserver'],
      },
      network: { drained: (pod) => world.drained(pod) },
      recorder: { record: (decision) => decisions.push(decision) },
      clock,
      random,
      log,
      signal,
    })
  }
  let agent = await startAgent()
  await importBusybox(agent, dataDir)

  const getPod = async (name: string): Promise<Pod | undefined> => {
    try {
      return await client.get(Pods, { namespace: 'default', name })
    } catch (error) {
      if (isWherryError(error, 'not-found')) return undefined
      throw error
    }
  }

  return {
    get drained() {
      return world.drained
    },
    set drained(drained) {
      world.drained = drained
    },
    client,
    dataDir,
    authority,
    decisions,
    get agent() {
      return agent
    },
    async restartAgent() {
      agentStop.abort()
      await agent.ended
      agent = await startAgent()
    },
    createPod: (name: string, spec: Draft<Pod['spec']>, metadata: Draft<Pod['metadata']> = {}) =>
      client.create(Pods, {
        metadata: { name, namespace: 'default', ...metadata },
        spec: { nodeName, terminationGracePeriodSeconds: 2, ...spec },
      }),
    getPod,
    async eventually(name: string, holds: (pod: Pod) => boolean) {
      let pod: Pod | undefined
      try {
        await until(async () => {
          pod = await getPod(name)
          return pod !== undefined && holds(pod)
        })
      } catch (error) {
        throw new Error(`the pod never got there: ${JSON.stringify(pod?.status, undefined, 1)}`, { cause: error })
      }
      return pod!
    },
    gone: (name: string) => until(async () => (await getPod(name)) === undefined),
    log(name: string, container = 'app') {
      const worker = agent.pods.find('default', name)
      const path = worker?.observed.containers.find((one) => one.name === container)?.logPath
      return path === undefined ? '' : readFileSync(path, 'utf8').replace(/^\S+ \S+ \S /gm, '')
    },
    async [Symbol.asyncDispose]() {
      for (const { metadata } of (await client.list(Pods, { namespace: 'default' })).items) {
        await client
          .delete(Pods, { namespace: 'default', name: metadata.name }, { gracePeriodSeconds: 1 })
          .catch(() => {})
      }
      await until(
        async () =>
          (await client.list(Pods, { namespace: 'default' })).items.length === 0 && agent.pods.workers().length === 0,
      )
      const pid = agent.containerd.pid()
      agentStop.abort()
      stop.abort()
      await agent.ended
      await controllers.ended
      await server.close()
      await store.close()
      if (pid !== undefined) process.kill(pid, 'SIGTERM')
      await until(() => Promise.resolve(pid === undefined || !alive(pid)))
      execFileSync('sh', ['-c', `umount -l ${join(dataDir, 'memory')}`])
      removeCgroupRoot(`wherry-test-${process.pid}`)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Waits until something holds; throws when it takes too long. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const done = await holds().catch((error: unknown) => {
      if (Date.now() > deadline) throw error
      return false
    })
    if (done) return
    if (Date.now() > deadline) throw new Error('it did not come to pass')
    await sleep(10)
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function cniConfig(dataDir: string): string {
  const ipam = {
    type: 'host-local',
    dataDir: join(dataDir, 'cni', 'leases'),
    ranges: [[{ subnet: '10.244.0.0/24' }]],
    routes: [{ dst: '0.0.0.0/0' }],
  }
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'test',
    plugins: [{ type: 'bridge', bridge: 'test0', isGateway: true, hairpinMode: true, ipam }],
  })
}

async function importBusybox(agent: RunningAgent, dataDir: string): Promise<void> {
  const root = join(dataDir, 'busybox')
  mkdirSync(join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'tmp'))
  mkdirSync(join(root, 'etc'))
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n')
  writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\n')
  execFileSync('cp', ['/bin/busybox', join(root, 'bin', 'busybox')])
  execFileSync('sh', [
    '-c',
    `for a in $(/bin/busybox --list); do [ $a = busybox ] || ln -s busybox ${join(root, 'bin')}/$a; done`,
  ])
  const layer = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 << 20 })
  const archive = join(dataDir, 'busybox.tar')
  const config = { Env: ['PATH=/bin'], Cmd: ['sh'] }
  writeFileSync(
    archive,
    ociArchive({ name: busybox, architecture: process.arch === 'x64' ? 'amd64' : 'arm64', layer, config }),
  )
  await agent.containerd.importImages(archive)
}
