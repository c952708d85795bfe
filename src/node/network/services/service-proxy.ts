import { Pods } from '../../../api/core/pod.ts'
import { Services } from '../../../api/core/service.ts'
import type { Pod, Service } from '../../../api/core/v1.ts'
import { EndpointSlices } from '../../../api/discovery/endpoint-slice.ts'
import type { EndpointSlice } from '../../../api/discovery/v1.ts'
import { keyOf } from '../../../api/meta/kind.ts'
import type { Caches, WatchCache } from '../../../client/cache.ts'
import type { Ref } from '../../../client/client.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { DecisionDraft } from '../../../lib/decisions.ts'
import type { Logger } from '../../../lib/log.ts'
import { Passes } from '../../../lib/passes.ts'
import type { NftSession } from '../nft-session.ts'
import { adopt, assign, elementsOf, indexKernel } from './assignment.ts'
import type { Assignment, KernelIndex, Numbers } from './assignment.ts'
import { describePlan } from './describe.ts'
import { diffElements, ElementTable } from './elements.ts'
import type { ElementChange, Elements } from './elements.ts'
import { forgetFlows, staleFlows } from './flows.ts'
import type { StaleFlows } from './flows.ts'
import { openHealthCheckPorts } from './health-check-ports.ts'
import type { HealthCheckPorts } from './health-check-ports.ts'
import { hostPortElements } from './host-ports.ts'
import { KernelTable } from './kernel-table.ts'
import type { Listing } from './listing.ts'
import { planService } from './plan.ts'
import type { Place, ServicePlan } from './plan.ts'
import { POOL_MARK, STICKY_CLIENTS } from './ruleset.ts'
import type { RulesetFacts } from './ruleset.ts'
import { goneStickyIds, staleClients } from './sticky-clients.ts'

export interface ServiceProxyOptions {
  readonly facts: RulesetFacts
  readonly place: Place
  readonly caches: Caches
  readonly nft: NftSession
  readonly clock: Clock
  readonly log: Logger
  readonly decide: (decision: DecisionDraft) => void
  readonly signal: AbortSignal
}

/** Keeps this node's kernel sending the connections of Services to their endpoints. */
export interface ServiceProxy {
  /** Resolves when the kernel does what the caches said at the time of the call. */
  settled(signal?: AbortSignal): Promise<void>
  /** Resolves when nothing is under way any more after the signal has fired. The rules stay. */
  ended(): Promise<void>
}

/** The index of slices by the Service that they belong to, `namespace/name`. */
export const BY_SERVICE = 'kubernetes.io/service-name'

/** Resolves when everything that the caches hold is in the kernel. */
export async function startServiceProxy(options: ServiceProxyOptions): Promise<ServiceProxy> {
  const { caches, place, signal, clock } = options
  const services = caches.of(Services)
  const slices = caches.of(EndpointSlices)
  const pods = caches.of(Pods, { fieldSelector: `spec.nodeName=${place.nodeName}` })
  slices.addIndex(BY_SERVICE, serviceOf)
  const proxy = new ServiceRules(options, { services, slices, pods })

  await Promise.all([services.synced(), slices.synced(), pods.synced()])
  const stops = [
    services.onChange(({ object, previous }) => proxy.mark(`service:${keyOf((object ?? previous)!)}`)),
    slices.onChange(({ object, previous }) => {
      for (const slice of [object, previous]) {
        if (slice !== undefined) for (const service of serviceOf(slice)) proxy.mark(`service:${service}`)
      }
    }),
    pods.onChange(({ object, previous }) => proxy.mark(`pod:${keyOf((object ?? previous)!)}`)),
  ]
  signal.addEventListener('abort', () => stops.forEach((stop) => stop()), { once: true })
  for (const service of services.list()) proxy.mark(`service:${keyOf(service)}`)
  for (const pod of pods.list()) proxy.mark(`pod:${keyOf(pod)}`)
  proxy.mark('check')
  await proxy.settled(signal)
  const keepChecking = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(CHECK_EVERY_MS, signal)
      proxy.mark('check')
    }
  }
  void keepChecking().catch(() => {})
  return proxy
}

/** `namespace/name` of the Service that a slice belongs to. */
export function serviceOf({ metadata }: EndpointSlice): readonly string[] {
  const name = metadata.labels?.[BY_SERVICE]
  return name === undefined ? [] : [`${metadata.namespace}/${name}`]
}

const CHECK_EVERY_MS = 30_000

type Key = `service:${string}` | `pod:${string}` | 'check'

interface ProxyCaches {
  readonly services: WatchCache<Service>
  readonly slices: WatchCache<EndpointSlice>
  readonly pods: WatchCache<Pod>
}

/** What an earlier process left in the kernel; looked at once. */
interface Legacy {
  readonly elements: Elements
  readonly index: KernelIndex
  readonly taken: Set<number>
}

/** What an owner wants; those with the lower rank come first where two want the same. */
interface Want {
  readonly rank: string
  readonly elements: Elements
  /** Says why, once it is known what the owner got. */
  readonly explain?: () => void
}

class ServiceRules implements ServiceProxy {
  readonly #options: ServiceProxyOptions
  readonly #caches: ProxyCaches
  readonly #kernel: KernelTable
  readonly #passes: Passes<Key>
  readonly #health: HealthCheckPorts
  readonly #table = new ElementTable()
  readonly #assignments = new Map<string, Assignment>()
  readonly #described = new Map<string, string>()
  readonly #numbers: Numbers = { pool: () => this.#nextPool(), sticky: () => ++this.#stickyId }
  #poolId = POOL_MARK
  #stickyId = 0
  /** Whether the kernel has what the table says. */
  #inStep = false
  #adopted = false
  /** What is to be forgotten once the kernel has the table. */
  #flows: StaleFlows[] = []
  #goneStickyIds: string[] = []
  #afterwards: Promise<void> = Promise.resolve()

  constructor(options: ServiceProxyOptions, caches: ProxyCaches) {
    const { nft, facts, clock, signal, log } = options
    this.#options = options
    this.#caches = caches
    this.#kernel = new KernelTable(nft, facts)
    this.#health = openHealthCheckPorts({ log })
    this.#passes = new Passes({
      run: (keys) => this.#pass(keys),
      onError: (error) => log.error('service rules could not be changed', { error }),
      clock,
      signal,
    })
  }

  mark(key: Key): void {
    this.#passes.mark(key)
  }

  async settled(signal?: AbortSignal): Promise<void> {
    await this.#passes.settled(signal)
    await this.#afterwards
  }

  async ended(): Promise<void> {
    await this.#passes.ended()
    await this.#afterwards
    await this.#health[Symbol.asyncDispose]()
  }

  async #pass(keys: ReadonlySet<Key>): Promise<void> {
    if (this.#inStep && keys.has('check')) await this.#kernel.check().catch(() => (this.#inStep = false))
    const incremental = this.#inStep
    const listing = incremental ? undefined : await this.#kernel.read()
    const changes = this.#takeIn(keys, this.#legacy(listing))
    // Whatever goes wrong from here on, the next pass begins with a look at the kernel.
    this.#inStep = false
    if (incremental) {
      await this.#kernel.apply(changes)
    } else if (listing === undefined) {
      await this.#kernel.replace(this.#table.elements())
    } else {
      const wanted = this.#table.elements()
      this.#flows.push(staleFlows(listing.elements, wanted))
      await this.#kernel.apply(diffElements(listing.elements, wanted))
    }
    this.#inStep = true
    this.#adopted = true
    this.#cleanUp()
  }

  #legacy(listing: Listing | undefined): Legacy | undefined {
    if (this.#adopted || listing === undefined) return undefined
    const { elements } = listing
    const index = indexKernel(elements)
    this.#poolId = Math.max(this.#poolId, index.poolIdMax)
    this.#stickyId = Math.max(this.#stickyId, index.stickyIdMax)
    return { elements, index, taken: new Set() }
  }

  #takeIn(keys: ReadonlySet<Key>, legacy: Legacy | undefined): readonly ElementChange[] {
    const changes: ElementChange[] = []
    for (const key of keys) {
      if (key === 'check') continue
      const { rank, elements, explain } = this.#want(key, legacy)
      this.#flows.push(staleFlows(this.#table.wanted(key), elements))
      changes.push(...this.#table.set(key, rank, elements))
      explain?.()
    }
    this.#goneStickyIds.push(...goneStickyIds(changes))
    return changes
  }

  #want(key: Key, legacy: Legacy | undefined): Want {
    if (key.startsWith('pod:')) {
      const pod = this.#caches.pods.get(refOf(key.slice('pod:'.length)))
      const rank = pod?.metadata.creationTimestamp ?? ''
      return { rank, elements: pod === undefined ? new Map() : hostPortElements(pod) }
    }
    return this.#wantService(key.slice('service:'.length), legacy)
  }

  #wantService(name: string, legacy: Legacy | undefined): Want {
    const service = this.#caches.services.get(refOf(name))
    const plan = service === undefined ? undefined : this.#plan(service)
    this.#health.set(name, plan?.healthCheck)
    if (service === undefined) this.#described.delete(name)
    const explain = service && ((): void => this.#explain(name, service, plan))
    if (service === undefined || plan === undefined) {
      this.#assignments.delete(name)
      return { rank: '', elements: new Map(), explain }
    }
    const known = this.#assignments.get(name)
    const inherited = legacy && adopt(plan, legacy.elements, legacy.index, legacy.taken)
    const assignment = assign(plan, known ?? inherited ?? new Map(), this.#numbers)
    this.#assignments.set(name, assignment)
    return { rank: service.metadata.creationTimestamp, elements: elementsOf(plan, assignment), explain }
  }

  #plan(service: Service): ServicePlan | undefined {
    return planService(service, this.#caches.slices.byIndex(BY_SERVICE, keyOf(service)), this.#options.place)
  }

  /** Says what was decided about a Service when that is not what was said last. */
  #explain(name: string, service: Service, plan: ServicePlan | undefined): void {
    const decision = describePlan(service, plan, this.#table.lost(`service:${name}`))
    const { reason, because, about } = decision
    const said = JSON.stringify([about.uid, reason, because])
    if (this.#described.get(name) === said) return
    this.#described.set(name, said)
    this.#options.decide(decision)
  }

  #cleanUp(): void {
    const flows = this.#flows.filter(({ arrived, gone }) => arrived.length + gone.length > 0)
    const goneIds = this.#goneStickyIds
    this.#flows = []
    this.#goneStickyIds = []
    if (flows.length === 0 && goneIds.length === 0) return
    const work = async (): Promise<void> => {
      for (const stale of flows) await forgetFlows(stale)
      if (goneIds.length === 0) return
      await this.#kernel.forget(STICKY_CLIENTS, staleClients(await this.#kernel.list(STICKY_CLIENTS), goneIds))
    }
    const { log } = this.#options
    this.#afterwards = this.#afterwards
      .then(work)
      .catch((error: unknown) => log.warn('the kernel could not be made to forget flows', { error }))
  }

  #nextPool(): number {
    do {
      this.#poolId = this.#poolId >= POOL_MARK + 0xff_ffff ? POOL_MARK + 1 : this.#poolId + 1
    } while (this.#table.has('pools', `${this.#poolId}`))
    return this.#poolId
  }
}

function refOf(key: string): Ref {
  const [namespace, name] = key.split('/')
  return name === undefined ? { name: namespace! } : { namespace, name }
}
