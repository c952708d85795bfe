import { accessSync } from 'node:fs'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Services } from '../api/core/service.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import type { EndpointSlice } from '../api/discovery/v1.ts'
import { IngressClasses } from '../api/networking/ingress-class.ts'
import { Ingresses } from '../api/networking/ingress.ts'
import type { Caches, WatchCache } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import type { Clock } from '../lib/clock.ts'
import type { Recorder } from '../lib/decisions.ts'
import type { Logger } from '../lib/log.ts'
import { Passes } from '../lib/passes.ts'
import { Applier } from './applier.ts'
import type { GatewayFiles } from './config.ts'
import { type GatewayInput, planGateway } from './plan.ts'
import { secretFollower } from './secrets.ts'
import { statusWriter } from './status.ts'

export interface GatewayOptions {
  readonly client: Client
  readonly caches: Caches
  /** Where it listens. */
  readonly addresses: readonly string[]
  /** What Services and Ingresses show as the gateway's address; only one gateway of a cluster writes it. */
  readonly publish: string | undefined
  readonly httpPort: number
  readonly httpsPort: number
  /** Its own folder is `DIR/gateway`. */
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Logger
  readonly recorder: Recorder
  readonly by: string
  readonly signal: AbortSignal
  /** Takes HAProxy, by its process id, out of what would end with the agent. */
  readonly outlive?: (pid: number) => void
}

export interface Gateway {
  /** Resolves when HAProxy does what the caches said at the time of the call. */
  settled(signal?: AbortSignal): Promise<void>
  /** Resolves when no request is under way to an address, and none begins if there is another (DESIGN, decision 10). */
  drained(address: string, signal: AbortSignal): Promise<void>
  /** Resolves when nothing is under way any more after the signal has fired. HAProxy stays. */
  readonly ended: Promise<void>
}

const SERVICE_NAME = 'kubernetes.io/service-name'
const BY_SERVICE = 'gateway/service'
const DRAIN_POLL_MS = 25
/** TLS that goes through as it is may be idle between two requests, which nobody can see: the program ends it. */
const PASSED_MS_MAX = 750

/** Serves Ingresses and LoadBalancers of the cluster by HAProxy, until the signal fires. Resolves when it answers. */
export async function runGateway(options: GatewayOptions): Promise<Gateway> {
  const { caches, client, clock, log, signal, httpPort, httpsPort } = options
  const services = caches.of(Services)
  const slices = caches.of(EndpointSlices)
  const ingresses = caches.of(Ingresses)
  const classes = caches.of(IngressClasses)
  slices.addIndex(BY_SERVICE, (slice: EndpointSlice) => {
    const owner = slice.metadata.labels?.[SERVICE_NAME]
    return owner === undefined ? [] : [`${slice.metadata.namespace}/${owner}`]
  })
  const secrets = secretFollower({ client, clock, log, signal, onChange: () => passes.mark('secrets') })
  const input = (): GatewayInput => ({
    services: services.list(),
    ingresses: ingresses.list(),
    classes: classes.list(),
    slices: (namespace, service) => slices.byIndex(BY_SERVICE, `${namespace}/${service}`),
    service: (namespace, name) => services.get({ namespace, name }),
    secret: (namespace, name) => secrets.get(namespace, name),
    httpPort,
    httpsPort,
  })
  const folder = join(options.dataDir, 'gateway')
  await mkdir(folder, { recursive: true })
  // HAProxy reaches a socket in there after it has given up root's rights; each file is closed on its own.
  await chmod(folder, 0o711)
  const files = filesIn(folder)
  const applier = new Applier({ ...options, files, user: await haproxyUser() })
  const status = statusWriter({ ...options, services, ingresses })

  const plan = () => {
    secrets.follow(
      ingresses
        .list()
        .flatMap((ingress) =>
          (ingress.spec.tls ?? []).flatMap(({ secretName }) =>
            secretName ? [{ namespace: ingress.metadata.namespace!, name: secretName }] : [],
          ),
        ),
    )
    return planGateway(input())
  }
  let isStarted = false
  const passes = new Passes<string>({
    clock,
    signal,
    onError: (error) => log.error('the gateway could not take in a change', { error }),
    async run() {
      if (!isStarted) return
      const next = plan()
      await applier.apply(next)
      status.write(next)
    },
  })
  const follow = (cache: WatchCache<any>): Promise<void> => {
    cache.onChange(() => passes.mark(cache.kind.plural))
    return cache.synced()
  }
  await Promise.all([services, slices, ingresses, classes].map(follow))
  await secrets.ready()
  const first = plan()
  await secrets.ready()
  await applier.start(plan())
  isStarted = true
  status.write(first)
  passes.mark('start')
  await passes.settled(signal)

  return {
    settled: (waiting) => passes.settled(waiting),
    async drained(address, waiting) {
      await passes.settled(waiting)
      const start = clock.now()
      for (;;) {
        // The last endpoint of a Service goes on being asked while it ends: that must hold up nobody when it is idle.
        const { requests, connections } = await applier.busy(address)
        if (requests === 0 && (connections === 0 || clock.now() - start >= PASSED_MS_MAX)) return
        await clock.sleep(DRAIN_POLL_MS, waiting)
      }
    },
    ended: new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(passes.ended()), { once: true }),
    ),
  }
}

/** The files of a gateway. */
export function filesIn(folder: string): GatewayFiles {
  const at = (name: string): string => join(folder, name)
  return {
    config: at('haproxy.cfg'),
    hosts: at('hosts.map'),
    exact: at('exact.map'),
    prefix: at('prefix.map'),
    tls: at('tls.map'),
    tlsSocket: at('tls.sock'),
    certificateList: at('certificates.list'),
    certificates: at('certificates'),
    runtimeSocket: at('runtime.sock'),
    masterSocket: at('master.sock'),
    pid: at('haproxy.pid'),
    log: at('haproxy.log'),
  }
}

/** The account that Debian's package makes for it; without one it keeps the rights it is started with. */
async function haproxyUser(): Promise<string | undefined> {
  accessSync('/etc/passwd')
  return (await readFile('/etc/passwd', 'utf8')).includes('\nhaproxy:') ? 'haproxy' : undefined
}
