import { generateKeyPairSync } from 'node:crypto'
import type { TestContext } from 'node:test'
import { Namespaces } from '../../src/api/core/namespace.ts'
import { Pods } from '../../src/api/core/pod.ts'
import type { Kind, KubeObject } from '../../src/api/meta/kind.ts'
import type { Draft } from '../../src/api/meta/schema.ts'
import { sharedCaches } from '../../src/client/caches.ts'
import type { Client, Ref } from '../../src/client/client.ts'
import { inProcessClient } from '../../src/client/in-process.ts'
import type { AnyController } from '../../src/controllers/runtime/controller.ts'
import { runControllers } from '../../src/controllers/runtime/run-controllers.ts'
import type { RunningControllers } from '../../src/controllers/runtime/run-controllers.ts'
import { flushPromises, VirtualClock } from '../../src/lib/clock.ts'
import type { Decision } from '../../src/lib/decisions.ts'
import { isWherryError } from '../../src/lib/errors.ts'
import type { LogFields, Logger } from '../../src/lib/log.ts'
import type { Random } from '../../src/lib/random.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { AdmissionPlugin } from '../../src/server/admission/admission.ts'
import { createApiServer } from '../../src/server/api-server.ts'
import type { ApiServer } from '../../src/server/api-server.ts'
import { assembleServer } from '../../src/server/assemble.ts'
import { Identity } from '../../src/server/authn/identity.ts'
import { Permit } from '../../src/server/authz/permit.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { simulatedNodes } from './simulated-nodes.ts'
import type { SimulatedNodes, SimulatedNodesOptions } from './simulated-nodes.ts'
import { tapClient } from './tapped-client.ts'
import type { Tap, TappedClient } from './tapped-client.ts'

export interface ClusterOptions {
  readonly controllers?: readonly AnyController[]
  /** Simulated nodes: how many, or how they are. */
  readonly nodes?: number | Partial<SimulatedNodesOptions>
  readonly admission?: readonly AdmissionPlugin[]
  /** With the authorization, admission and default objects of a real cluster; controllers have only their own rights. */
  readonly whole?: boolean
  readonly seed?: number
  /** Lets the test step in at the controllers' writes. */
  readonly tap?: Tap
  /** Programs beside the controllers, such as the scheduler. */
  readonly programs?: readonly Program[]
}

/** Something that runs in the cluster until its signal fires, and says when it has nothing to do. */
export type Program = (context: ProgramContext) => { isIdle(): boolean; readonly ended: Promise<unknown> }

export interface ProgramContext {
  readonly client: Client
  readonly clock: VirtualClock
  readonly random: Random
  readonly log: Logger
  readonly recorder: { record(decision: Decision): void }
  readonly signal: AbortSignal
}

/** A whole control plane in this process, on a clock that only the test moves. */
export interface TestCluster extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly random: Random
  readonly client: Client
  readonly nodes: SimulatedNodes
  readonly decisions: readonly Decision[]
  /** Lines that were logged at `warn` or `error`. */
  readonly complaints: readonly string[]
  create<T extends KubeObject>(kind: Kind<T>, draft: Draft<T>): Promise<T>
  get<T extends KubeObject>(kind: Kind<T>, name: string, namespace?: string): Promise<T>
  find<T extends KubeObject>(kind: Kind<T>, name: string, namespace?: string): Promise<T | undefined>
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): Promise<T[]>
  /** A merge patch. */
  patch<T extends KubeObject>(kind: Kind<T>, object: T | Ref, patch: object, subresource?: string): Promise<T>
  delete<T extends KubeObject>(
    kind: Kind<T>,
    object: { readonly metadata: Ref },
    options?: Parameters<Client['delete']>[2],
  ): Promise<void>
  /** Lets everything happen that can happen at this moment of virtual time. */
  settle(): Promise<void>
  /** Lets virtual time pass, and everything happen in it. */
  advance(ms: number): Promise<void>
  /** Lets time pass until the assertion holds for the objects of a kind, for at most ten minutes of virtual time. */
  eventually<T extends KubeObject>(kind: Kind<T>, assertion: (objects: T[]) => void, namespace?: string): Promise<void>
  /** Ends the controllers as if their process had died, and starts them anew when `controllers` are given. */
  restart(controllers: readonly AnyController[], tap?: Tap): Promise<void>
}

/** The namespace that objects go to when they name none. */
export const NAMESPACE = 'default'

const EVENTUALLY_MS = 600_000
const TURNS_OF_WAITING = 200
const TURNS_MAX = 100_000

/** Starts a control plane; it ends with the test. */
export async function startCluster(t: TestContext | undefined, options: ClusterOptions = {}): Promise<TestCluster> {
  const { seed = 1, programs = [] } = options
  const clock = new VirtualClock()
  const random = seededRandom(seed)
  const decisions: Decision[] = []
  const complaints: string[] = []
  const log = complainingLogger(complaints)
  const store = memoryStore({ clock })
  const server = await (options.whole === true ? wholeServer : plainServer)({ ...options, store, clock, random, log })
  const identity = Identity.of('system:admin', ['system:masters', 'system:authenticated'])
  const as = (name: string): Identity =>
    options.whole === true ? Identity.of(`system:${name}`, ['system:authenticated']) : identity
  const admin = tapClient(inProcessClient(server, identity, 'test'))
  const stop = new AbortController()
  for (const name of [NAMESPACE, 'kube-system', 'kube-node-lease']) {
    await admin.create(Namespaces, { metadata: { name } }).catch(unlessThere)
  }

  const caches = sharedCaches({ client: admin, clock, random, log, signal: stop.signal })
  const nodeOptions = typeof options.nodes === 'number' ? { count: options.nodes } : (options.nodes ?? {})
  const nodes = simulatedNodes({
    count: 0,
    ...nodeOptions,
    client: admin,
    clock,
    pods: caches.of(Pods),
    signal: stop.signal,
  })
  await caches.of(Pods).synced()
  await nodes.start()

  let running:
    | { readonly client: TappedClient; readonly controllers: RunningControllers; readonly stop: AbortController }
    | undefined
  const started: { isIdle(): boolean; readonly ended: Promise<unknown> }[] = []
  const recorder = { record: (decision: Decision): void => void decisions.push(decision) }

  /** Who has something to do at this moment. */
  const busy = (): string[] => [
    ...(admin.inFlight() === 0 ? [] : ['a call of the test']),
    ...(nodes.isIdle() ? [] : ['a node']),
    ...(running === undefined || running.client.inFlight() === 0 ? [] : ['a call of a controller']),
    ...(running?.controllers.busy() ?? []),
    ...(started.every((program) => program.isIdle()) ? [] : ['a program']),
  ]

  const settle = async (): Promise<void> => {
    let revision = -1
    let turns = 0
    let turnsWithoutChange = 0
    for (let quietTurns = 0; quietTurns < 4; turns++) {
      await flushPromises()
      const isSame = store.revision() === revision
      revision = store.revision()
      quietTurns = isSame && busy().length === 0 ? quietTurns + 1 : 0
      turnsWithoutChange = isSame ? turnsWithoutChange + 1 : 0
      // A request may wait for time to pass: then nothing changes however often all have had their turn.
      if (turnsWithoutChange > TURNS_OF_WAITING) return
      if (turns > TURNS_MAX) {
        const recent = [...admin.recent, ...(running?.client.recent ?? [])]
        throw new Error(`it does not settle: ${busy().join(', ')}\n${recent.join('\n')}`)
      }
    }
  }

  const startControllers = async (controllers: readonly AnyController[], tap: Tap = {}): Promise<void> => {
    const end = new AbortController()
    const signal = AbortSignal.any([stop.signal, end.signal])
    const client = tapClient(inProcessClient(server, as('kube-controller-manager'), 'controllers'), tap)
    running = {
      client,
      stop: end,
      controllers: runControllers({ controllers, client, clock, random, log, recorder, signal }),
    }
    await running.controllers.started
  }

  const at = (name: string, namespace: string | undefined, kind: Kind<any>): Ref =>
    kind.namespaced ? { namespace: namespace ?? NAMESPACE, name } : { name }

  const cluster: TestCluster = {
    clock,
    random,
    client: admin,
    nodes,
    decisions,
    complaints,
    create: (kind, draft) => {
      const { namespace } = (draft.metadata ?? {}) as { namespace?: string }
      const metadata = { ...draft.metadata, ...(kind.namespaced && { namespace: namespace ?? NAMESPACE }) }
      return admin.create(kind, { ...draft, metadata } as typeof draft)
    },
    get: (kind, name, namespace) => admin.get(kind, at(name, namespace, kind)),
    async find(kind, name, namespace) {
      try {
        return await admin.get(kind, at(name, namespace, kind))
      } catch (error) {
        if (isWherryError(error, 'not-found')) return undefined
        throw error
      }
    },
    async list(kind, namespace) {
      const { items } = await admin.list(kind, { ...(namespace !== undefined && { namespace }) })
      return [...items]
    },
    patch(kind, object, patch, subresource) {
      const ref = 'metadata' in object ? object.metadata : at(object.name, object.namespace, kind)
      return admin.patch(kind, ref, patch, { type: 'merge', ...(subresource !== undefined && { subresource }) })
    },
    async delete(kind, object, deleteOptions) {
      await admin.delete(kind, object.metadata, deleteOptions)
    },
    settle,
    advance: (ms) => clock.advance(ms, settle),
    async eventually(kind, assertion, namespace) {
      const deadline = clock.now() + EVENTUALLY_MS
      for (;;) {
        await settle()
        try {
          assertion(await cluster.list(kind, namespace))
          return
        } catch (error) {
          const next = clock.nextAlarm()
          if (next === undefined || next > deadline) throw error
          await clock.advance(next - clock.now(), settle)
        }
      }
    },
    async restart(controllers, tap) {
      running?.stop.abort()
      await settle()
      // A request that is under way may need time to end.
      const ending = { isOver: false }
      void (running?.controllers.ended ?? Promise.resolve()).then(() => (ending.isOver = true))
      await settle()
      while (!ending.isOver) await clock.advance(100, settle)
      await startControllers(controllers, tap)
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test is over'))
      // What still moves is ended by the abort; if it does not come to rest, the test has said so already.
      await settle().catch(() => {})
      await server.close()
      await store.close()
    },
  }
  t?.after(() => cluster[Symbol.asyncDispose]())
  if (options.controllers !== undefined) await startControllers(options.controllers, options.tap)
  for (const program of programs) {
    const client = tapClient(inProcessClient(server, as('kube-scheduler'), 'scheduler'))
    const context = { client, clock, random, log, recorder, signal: stop.signal }
    const { isIdle, ended } = program(context)
    started.push({ isIdle: () => client.inFlight() === 0 && isIdle(), ended })
  }
  await settle()
  return cluster
}

interface ServerOptions extends ClusterOptions {
  readonly store: Store
  readonly clock: VirtualClock
  readonly random: Random
  readonly log: Logger
}

/** A server that lets everything through that is well-formed. */
async function plainServer({ store, clock, random, log, admission = [] }: ServerOptions): Promise<ApiServer> {
  return createApiServer({
    store,
    clock,
    random,
    log,
    admission,
    authenticate: () => Identity.of('system:admin', ['system:masters']),
    authorize: (identity, target) => Permit.grant(identity, target),
    release: '0.0.0-test',
  })
}

let tokenKey: string | undefined

async function wholeServer({ store, clock, random, log }: ServerOptions): Promise<ApiServer> {
  tokenKey ??= generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
  const { api, close } = await assembleServer({
    store,
    clock,
    random,
    log,
    release: '0.0.0-test',
    tokenKeys: [tokenKey],
    issuer: 'https://kubernetes.default.svc.cluster.local',
  })
  return { ...api, close }
}

function unlessThere(error: unknown): void {
  if (!isWherryError(error, 'already-exists')) throw error
}

function complainingLogger(complaints: string[], base: LogFields = {}): Logger {
  const note =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      const all = { ...base, ...fields }
      const error = all['error'] instanceof Error ? ` ${all['error'].stack}` : ''
      complaints.push(`${level} ${message} ${JSON.stringify(all)}${error}`)
      if (process.env['WHERRY_TEST_LOG'] !== undefined) process.stderr.write(`${complaints.at(-1)}\n`)
    }
  return {
    debug: process.env['WHERRY_TEST_LOG'] === 'debug' ? note('debug') : () => {},
    info: () => {},
    warn: note('warn'),
    error: note('error'),
    with: (fields) => complainingLogger(complaints, { ...base, ...fields }),
  }
}
