import type { KubeObject } from '../../api/meta/kind.ts'
import { groupOf } from '../../api/meta/owners.ts'
import { sharedCaches } from '../../client/caches.ts'
import type { SharedCaches } from '../../client/caches.ts'
import type { Client } from '../../client/client.ts'
import { eventRecorder, eventSubject } from '../../client/event-recorder.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Recorder } from '../../lib/decisions.ts'
import type { Logger } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { AnyController, Controller, Decide, Loop, Tell } from './controller.ts'
import { decider } from './decider.ts'
import type { ControllerObserver } from './observer.ts'
import { kindOf, Reconciler } from './reconciler.ts'

export interface RunControllersOptions {
  readonly controllers: readonly AnyController[]
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly recorder: Recorder
  /** Ends all of them. */
  readonly signal: AbortSignal
  /** Caches to share with others in this process; own ones are opened otherwise. */
  readonly caches?: SharedCaches
  /** How many owners each controller works on at the same time, unless it says otherwise itself. */
  readonly concurrency?: number
  readonly observer?: ControllerObserver
}

export interface RunningControllers {
  readonly caches: SharedCaches
  /** Resolves when every controller has seen what exists and follows changes. */
  readonly started: Promise<void>
  /** The names of those that have something to do right now; delayed work does not count. */
  busy(): string[]
  /** Resolves when all work has ended after the signal fired. */
  readonly ended: Promise<void>
}

const CONCURRENCY = 5
const RESTART = { baseMs: 1000, maxMs: 60_000 }

/** Starts controllers over shared caches. They stop when the signal fires. */
export function runControllers(options: RunControllersOptions): RunningControllers {
  const { controllers, client, clock, random, log, signal } = options
  const caches = options.caches ?? sharedCaches({ client, clock, random, log, signal })
  const voices: EventRecorder[] = []
  const busy = new Map<string, () => boolean>()

  const voiceOf = (controller: AnyController): { readonly decide: Decide; readonly event: Tell } => {
    const component = controller.component ?? `${controller.name}-controller`
    const events = eventRecorder({ client, clock, log, component, signal })
    voices.push(events)
    const resources = resourcesOf(controller)
    const decide = decider({
      by: `controller/${controller.name}`,
      clock,
      recorder: options.recorder,
      events,
      resourceOf: (object) => resources.get(`${groupOf(object.apiVersion)}/${object.kind}`) ?? guessResource(object),
    })
    const event: Tell = (about, type, reason, message) =>
      events.event(eventSubject(about, about), type, reason, message)
    return { decide, event }
  }

  const startOne = (controller: Controller<KubeObject>): { started: Promise<void>; ended: Promise<void> } => {
    const reconciler = new Reconciler(controller, {
      client,
      caches,
      clock,
      random,
      log: log.with({ controller: controller.name }),
      signal,
      concurrency: controller.concurrency ?? options.concurrency ?? CONCURRENCY,
      ...voiceOf(controller),
      ...(options.observer !== undefined && { observer: options.observer }),
    })
    busy.set(controller.name, () => !reconciler.isIdle)
    return { started: reconciler.start(), ended: aborted(signal).then(() => reconciler.stop()) }
  }

  const startLoop = (loop: Loop): { started: Promise<void>; ended: Promise<void> } => {
    const voice = voiceOf(loop)
    let isBusy = (): boolean => false
    busy.set(loop.name, () => isBusy())
    const own = log.with({ controller: loop.name })
    const ended = (async () => {
      for (let failures = 0; !signal.aborted;) {
        try {
          const busyWhen = (tell: () => boolean): void => void (isBusy = tell)
          await loop.run({ client, caches, clock, random, log: own, signal, busyWhen, ...voice })
          return
        } catch (error) {
          if (signal.aborted) return
          failures++
          own.error('a controller failed and is started again', { failures, error })
          await clock.sleep(backoffMs(failures, RESTART, random), signal).catch(() => {})
        }
      }
    })()
    return { started: Promise.resolve(), ended }
  }

  const running = controllers.map((one) => ('run' in one ? startLoop(one) : startOne(one)))
  return {
    caches,
    started: Promise.all(running.map((one) => one.started)).then(() => {}),
    busy: () => [...busy].filter(([, isBusy]) => isBusy()).map(([name]) => name),
    ended: Promise.all(running.map((one) => one.ended)).then(() => {}),
  }
}

function resourcesOf(controller: AnyController): Map<string, string> {
  const resources = new Map<string, string>()
  if ('run' in controller) return resources
  for (const kind of [controller.owner, ...controller.reads.map(kindOf), ...controller.writes]) {
    resources.set(`${kind.group}/${kind.kind}`, kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`)
  }
  return resources
}

/** For objects of a kind that the controller did not name. */
function guessResource(object: KubeObject): string {
  const group = groupOf(object.apiVersion)
  const plural = `${object.kind.toLowerCase()}s`
  return group === '' ? plural : `${plural}.${group}`
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
