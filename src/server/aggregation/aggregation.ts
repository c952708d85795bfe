import { APIServices } from '../../api/apiregistration/api-service.ts'
import { isAvailable, withCondition } from '../../api/apiregistration/conditions.ts'
import type { APIService } from '../../api/apiregistration/v1.ts'
import { Services } from '../../api/core/service.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import { formatTime } from '../../api/meta/time.ts'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Random } from '../../lib/random.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Identity } from '../authn/identity.ts'
import type { Target } from '../request.ts'
import type { StatusWriter } from '../rest/status-writer.ts'
import type { Destination } from '../streams/node-connection.ts'
import { obstacleOf, triedCondition, whyUnavailable } from './availability.ts'
import { backendDestination } from './backend.ts'
import type { FrontProxy } from './front-proxy.ts'
import type { RemoteVersion } from './remote-discovery.ts'

export interface AggregationOptions {
  readonly reader: ObjectReader
  readonly write: StatusWriter
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** Asked when it is needed; without it no server that stands behind this one can be asked. */
  readonly frontProxy: () => FrontProxy | undefined
}

/** Other servers that answer for versions of groups: who they are, whether they can be asked, and what they serve. */
export interface Aggregation {
  /** Who answers for what a request is aimed at, where that is another server. */
  backendOf(target: Target): APIService | undefined
  backend(group: string, version: string): APIService | undefined
  /** Where a request of somebody goes; throws `unavailable` while the other server cannot be asked. */
  destination(service: APIService, identity: Identity, path: string): Destination
  /** All versions that others answer for. */
  versions(): readonly RemoteVersion[]
  /** A document of the server behind a version, asked for by this server itself; undefined when it has none. */
  document(version: RemoteVersion, path: string): Promise<unknown>
  /** Grows whenever other versions are served, or other resources in them. */
  revision(): number
  close(): void
}

/** Even when nothing is told, a server may have gone or come back. */
const CHECK_EVERY_MS = 30_000
const RETRY = { baseMs: 500, maxMs: CHECK_EVERY_MS }

interface Checked {
  service: APIService
  /** What the last check has found. */
  version: RemoteVersion
  failures: number
  isRunning: boolean
  /** Something has changed while a check was running. */
  isDue: boolean
  cancel: () => void
}

/** Follows the APIServices, and checks those of other servers. */
export function createAggregation(options: AggregationOptions): Aggregation {
  const { reader, write, clock, random, log } = options
  /** By the name of the APIService, which is that of the version with its group. */
  const backends = new Map<string, Checked>()
  const stops: (() => void)[] = []
  let follows = false
  let revision = 0
  let isOpen = true

  const put = (now: APIService | undefined, previous: APIService | undefined): void => {
    const { name } = (now ?? previous!).metadata
    const known = backends.get(name)
    if (now === undefined || now.spec.service === undefined) {
      if (known !== undefined) forget(name, known)
      if (now !== undefined && !isSettled(now)) void settle(now, obstacleOf(now, undefined, [])!)
      return
    }
    if (known === undefined) {
      backends.set(name, newlyKnown(now))
      revision++
    } else {
      const isSame = sameJson(known.service.spec, now.spec) && known.service.metadata.uid === now.metadata.uid
      known.service = now
      if (isSame && isAvailable(now) === (known.version.freshness === 'Current')) return
      known.version = { ...versionOf(now), resources: known.version.resources, freshness: known.version.freshness }
      revision++
    }
    follow()
    void check(name)
  }

  const forget = (name: string, known: Checked): void => {
    known.cancel()
    backends.delete(name)
    revision++
  }

  /** Services and their endpoints concern nobody until there is a server behind one of them. */
  const follow = (): void => {
    if (follows) return
    follows = true
    const touch = (namespace: string | undefined, service: string | undefined): void => {
      for (const [name, { service: one }] of backends) {
        if (one.spec.service?.name === service && one.spec.service?.namespace === namespace) void check(name)
      }
    }
    stops.push(
      reader.onChange(Services, (now, previous) => {
        const { namespace, name } = (now ?? previous!).metadata
        touch(namespace, name)
      }),
      reader.onChange(EndpointSlices, (now, previous) => {
        const { namespace, labels } = (now ?? previous!).metadata
        touch(namespace, labels?.['kubernetes.io/service-name'])
      }),
    )
  }

  const check = async (name: string): Promise<void> => {
    const known = backends.get(name)
    if (known === undefined || !isOpen) return
    if (known.isRunning) {
      known.isDue = true
      return
    }
    known.isRunning = true
    known.cancel()
    try {
      do {
        known.isDue = false
        await look(known)
      } while (known.isDue && backends.get(name) === known)
    } catch (error) {
      known.failures++
      log.error('an APIService could not be checked', { name, error })
    } finally {
      known.isRunning = false
    }
    if (backends.get(name) !== known || !isOpen) return
    const wait = known.failures > 0 ? backoffMs(known.failures, RETRY, random) : CHECK_EVERY_MS
    known.cancel = clock.after(wait, () => void check(name))
  }

  const look = async (known: Checked): Promise<void> => {
    const { service } = known
    const { namespace = '', name = '' } = service.spec.service!
    const slices = reader
      .list(EndpointSlices, namespace)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    let finding = obstacleOf(service, reader.get(Services, { namespace, name }), slices)
    let resources: RemoteVersion['resources'] | undefined
    if (finding === undefined) {
      const { tryBackend } = await import('./remote-discovery.ts')
      const tried = await tryBackend(service, (path) => destinationOf(service, undefined, path))
      resources = tried.resources
      finding = triedCondition(tried.failure)
      known.failures = tried.failure === undefined ? 0 : known.failures + 1
    } else known.failures = 0
    // It may have become another one meanwhile.
    if (known.service.metadata.uid !== service.metadata.uid || !sameJson(known.service.spec, service.spec)) {
      known.isDue = true
      return
    }
    const version: RemoteVersion = {
      ...known.version,
      ...(resources === undefined ? {} : { resources }),
      freshness: finding.status === 'True' ? 'Current' : 'Stale',
    }
    if (!sameJson(version, known.version)) {
      known.version = version
      revision++
    }
    await settle(service, finding)
  }

  const settle = async ({ metadata }: APIService, finding: ReturnType<typeof triedCondition>): Promise<void> => {
    await write(APIServices, metadata, ({ metadata: now, status }) => {
      if (now.uid !== metadata.uid) return undefined
      const before = status.conditions ?? []
      const conditions = withCondition(before, finding, formatTime(clock.now()))
      return conditions === before ? undefined : { ...status, conditions: [...conditions] }
    })
  }

  const destinationOf = (service: APIService, identity: Identity | undefined, path: string): Destination =>
    backendDestination(options, service, identity, path)

  const backend = (group: string, version: string): APIService | undefined =>
    backends.size === 0 ? undefined : backends.get(`${version}.${group}`)?.service

  stops.push(reader.onChange(APIServices, put))
  for (const service of reader.list(APIServices)) put(service, undefined)
  return {
    backend,
    backendOf(target) {
      if (backends.size === 0) return undefined
      if (target.resource) return backend(target.group, target.version)
      const [, root, group, version, ...rest] = target.path.split('/')
      return root === 'apis' && version && rest.every((one) => one === '') ? backend(group!, version) : undefined
    },
    destination(service, identity, path) {
      const why = whyUnavailable(service)
      if (why !== undefined) throw new WherryError('unavailable', 'service unavailable', { hint: why })
      return destinationOf(service, identity, path)
    },
    versions: () => [...backends.values()].map(({ version }) => version),
    async document({ group, version }, path) {
      const service = backend(group, version)
      if (service === undefined || !isAvailable(service)) return undefined
      const { readDocument } = await import('./remote-discovery.ts')
      return readDocument(destinationOf(service, undefined, path))
    },
    revision: () => revision,
    close() {
      isOpen = false
      for (const stop of stops) stop()
      for (const { cancel } of backends.values()) cancel()
    },
  }
}

/** Whether an APIService of this server says that it is one. */
function isSettled({ status }: APIService): boolean {
  return (status.conditions ?? []).some(({ type, reason }) => type === 'Available' && reason === 'Local')
}

function newlyKnown(service: APIService): Checked {
  return {
    service,
    version: versionOf(service),
    failures: 0,
    isRunning: false,
    isDue: false,
    cancel: () => {},
  }
}

function versionOf({ spec }: APIService): RemoteVersion {
  const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec
  const priority = { group: groupPriorityMinimum, version: versionPriority }
  return { group, version, priority, resources: [], freshness: 'Stale' }
}
