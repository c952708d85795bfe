import { Services } from '../api/core/service.ts'
import type { Service } from '../api/core/v1.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { Ingresses } from '../api/networking/ingress.ts'
import type { Ingress } from '../api/networking/v1.ts'
import type { WatchCache } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import { eventRecorder } from '../client/event-recorder.ts'
import type { Clock } from '../lib/clock.ts'
import type { Recorder } from '../lib/decisions.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { Balancer, GatewayPlan, Problem } from './plan.ts'

export interface StatusWriterOptions {
  readonly client: Client
  readonly services: WatchCache<Service>
  readonly ingresses: WatchCache<Ingress>
  readonly publish: string | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly recorder: Recorder
  readonly by: string
  readonly signal: AbortSignal
}

/** Tells Services and Ingresses where they are reached, and everybody why something is not. Never waits. */
export function statusWriter(options: StatusWriterOptions): { write(plan: GatewayPlan): void } {
  const { client, clock, log, publish, recorder, by, signal } = options
  const events = eventRecorder({ client, clock, log, component: 'gateway', signal })
  let told: ReadonlyMap<string, Problem> = new Map()

  const patch = <T extends KubeObject>(kind: Kind<T>, object: T, ingress: readonly object[]): void => {
    const status = (object as unknown as Service).status
    if (JSON.stringify(status.loadBalancer?.ingress ?? []) === JSON.stringify(ingress)) return
    const { namespace, name, uid } = object.metadata
    const body = { metadata: { uid }, status: { loadBalancer: { ingress: ingress.length === 0 ? null : ingress } } }
    client
      .patch(kind, { ...(namespace && { namespace }), name }, body, { type: 'merge', subresource: 'status' })
      .catch((error: unknown) => {
        if (!signal.aborted && !isWherryError(error, 'not-found', 'conflict'))
          log.warn('a status could not be written', { kind: kind.kind, name, error })
      })
  }

  const record = ({ about, reason, message, help }: Problem): void =>
    recorder.record({
      at: clock.now(),
      by,
      about,
      verdict: 'refused',
      reason,
      message,
      because: [],
      ...(help === undefined ? {} : { help }),
    })

  const tell = (problem: Problem): void => {
    const { about, reason, message } = problem
    record(problem)
    const [kind, apiVersion] =
      about.resource === 'services' ? [Services.kind, Services.apiVersion] : [Ingresses.kind, Ingresses.apiVersion]
    events.event(
      { kind, apiVersion, namespace: about.namespace, name: about.name, uid: about.uid },
      'Warning',
      reason,
      message,
    )
  }

  return {
    write(plan) {
      if (publish === undefined) return
      const balancers = new Map(plan.balancers.map((balancer) => [balancer.service.metadata.uid, balancer]))
      for (const service of options.services.list()) {
        const balancer = balancers.get(service.metadata.uid)
        if (balancer !== undefined) patch(Services, service, [addressOf(balancer, publish)])
        else if (service.status.loadBalancer?.ingress?.some(({ ip }) => ip === publish)) patch(Services, service, [])
      }
      for (const ingress of plan.served) patch(Ingresses, ingress, [{ ip: publish }])
      const now = new Map(plan.problems.map((problem) => [JSON.stringify(problem), problem]))
      const mended = [...told].filter(([key]) => !now.has(key)).map(([, { about }]) => about)
      for (const about of new Map(mended.map((one) => [one.uid, one])).values()) {
        // The last word counts: of several problems those that are left are said again.
        const left = plan.problems.filter((problem) => problem.about.uid === about.uid)
        for (const problem of left) record(problem)
        if (left.length === 0) recorder.record({ at: clock.now(), by, about, ...SERVED })
      }
      for (const [key, problem] of now) if (!told.has(key)) tell(problem)
      told = now
    },
  }
}

const SERVED = { verdict: 'done', reason: 'Served', message: 'the gateway serves it', because: [] } as const

/** What a Service shows: where it is reached, by whom, and which ports of it are not served. */
function addressOf({ service, mode, refused }: Balancer, ip: string): object {
  const ports = (service.spec.ports ?? []).map((port) => ({
    port: port.port,
    protocol: port.protocol ?? 'TCP',
    ...(refused.includes(port) ? { error: 'wherry.dev/PortTaken' } : {}),
  }))
  return { ip, ipMode: mode === 'direct' ? 'VIP' : 'Proxy', ports }
}
