import { Events } from '../api/core/event.ts'
import type { Event } from '../api/core/v1.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { Draft } from '../api/meta/schema.ts'
import { formatTime } from '../api/meta/time.ts'
import type { Clock } from '../lib/clock.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { Client } from './client.ts'

export type EventType = 'Normal' | 'Warning'

/** What an Event is about: an object, or as much of it as is known; `fieldPath` as in `spec.containers{web}`. */
export interface EventSubject {
  readonly kind: string
  readonly apiVersion: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly fieldPath?: string
}

/** Says what a user should learn. It never throws and never waits: Events are written behind the caller's back. */
export interface EventRecorder {
  event(about: EventSubject, type: EventType, reason: string, message: string, action?: string): void
  /** Resolves when everything said so far is written or given up. */
  flushed(): Promise<void>
}

export interface EventRecorderOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  /** Who speaks, as in `deployment-controller`; with the node's name where it is one of many. */
  readonly component: string
  readonly host?: string
  /** Once it fires nothing more is written. */
  readonly signal?: AbortSignal
}

/** The subject of Events about an object of a kind. */
export function eventSubject<T extends KubeObject>(
  kind: Pick<Kind<T>, 'kind' | 'apiVersion'>,
  { metadata: { namespace, name, uid, resourceVersion } }: T,
): EventSubject {
  return { kind: kind.kind, apiVersion: kind.apiVersion, name, uid, resourceVersion, ...(namespace && { namespace }) }
}

/** What differs only in its message is told one by one up to this many times in a while, then in one line. */
const SIMILAR_MAX = 10
const SIMILAR_MS = 10 * 60_000
/** Per subject: this many at once, then one in five minutes. */
const BURST = 25
const REFILL_MS = 5 * 60_000
/** How many subjects and messages are remembered, and how many Events may wait to be written. */
const REMEMBERED_MAX = 4096
const QUEUE_MAX = 16_384
/**
 * So many are written at the same time, and whoever has written rests so many times as long as that took: what a server
 * with much to do is asked for besides is little, and one with nothing to do is told at once.
 */
const WRITERS = 8
const REST_FACTOR = 4
const REST_MS_MAX = 1000

interface Said {
  name: string
  count: number
  first: string
}

interface Similar {
  messages: Set<string>
  since: number
}

interface Budget {
  tokens: number
  at: number
}

interface Task {
  readonly key: string
  readonly about: EventSubject
  readonly type: EventType
  readonly reason: string
  readonly message: string
  readonly action: string | undefined
  readonly at: string
}

/**
 * Writes core/v1 Events. The same thing said again raises the count of the Event that is there; what is said too often
 * about one object is dropped.
 */
export function eventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, log, component, host = '', signal } = options
  const said = new Map<string, Said>()
  const similar = new Map<string, Similar>()
  const budgets = new Map<string, Budget>()
  const queue: Task[] = []
  const busy = new Set<string>()
  let waiters: (() => void)[] = []
  let resting = 0
  let sequence = 0

  const hasBudget = (subject: string, now: number): boolean => {
    const budget = remember(budgets, subject, () => ({ tokens: BURST, at: now }))
    budget.tokens = Math.min(BURST, budget.tokens + (now - budget.at) / REFILL_MS)
    budget.at = now
    if (budget.tokens < 1) return false
    budget.tokens--
    return true
  }

  const combined = (subject: string, type: string, reason: string, message: string, now: number): string => {
    const alike = remember(similar, `${subject} ${type} ${reason}`, () => ({ messages: new Set(), since: now }))
    if (now - alike.since > SIMILAR_MS) {
      alike.messages.clear()
      alike.since = now
    }
    if (alike.messages.size < SIMILAR_MAX) alike.messages.add(message)
    return alike.messages.has(message) ? message : `(combined from similar events): ${message}`
  }

  const pump = (): void => {
    // Whoever waits for the last word lets nobody rest.
    const writersMax = (): number => (waiters.length > 0 ? WRITERS : WRITERS - resting)
    for (let i = 0; i < queue.length && busy.size < writersMax(); i++) {
      const task = queue[i]!
      // Two about the same thing must not pass each other: the second one counts on the first.
      if (busy.has(task.key)) continue
      queue.splice(i--, 1)
      busy.add(task.key)
      const begin = clock.now()
      void write(task).finally(() => {
        busy.delete(task.key)
        rest(clock.now() - begin)
        pump()
      })
    }
    if (busy.size > 0 || queue.length > 0) return
    for (const resolve of waiters) resolve()
    waiters = []
  }

  const rest = (tookMs: number): void => {
    if (tookMs <= 0) return
    resting++
    clock.after(Math.min(tookMs * REST_FACTOR, REST_MS_MAX), () => {
      resting--
      pump()
    })
  }

  const write = async (task: Task): Promise<void> => {
    if (signal?.aborted) return
    try {
      const known = said.get(task.key)
      if (known === undefined || !(await raise(known, task))) await create(task)
    } catch (error) {
      // A namespace on its way out takes no Events, and an Event is not worth more than one attempt.
      if (!isWherryError(error, 'forbidden', 'not-found')) log.debug('an Event was not written', { error })
    }
  }

  const raise = async (known: Said, task: Task): Promise<boolean> => {
    const patch = { count: known.count + 1, lastTimestamp: task.at, message: task.message }
    try {
      await client.patch(Events, { namespace: namespaceOf(task.about), name: known.name }, patch, { type: 'merge' })
      known.count++
      return true
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
      said.delete(task.key)
      return false
    }
  }

  const create = async (task: Task): Promise<void> => {
    const { about, at } = task
    const name = `${about.name}.${eventSuffix(clock.now(), sequence++)}`
    const event: Draft<Event> = {
      metadata: { name, namespace: namespaceOf(about) },
      involvedObject: { ...about },
      type: task.type,
      reason: task.reason,
      message: task.message,
      source: { component, ...(host && { host }) },
      reportingComponent: component,
      reportingInstance: host,
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      ...(task.action !== undefined && { action: task.action }),
    }
    await client.create(Events, event)
    remember(said, task.key, () => ({ name, count: 1, first: at }))
  }

  return {
    event(about, type, reason, message, action) {
      if (signal?.aborted) return
      const now = clock.now()
      const subject = `${about.kind} ${about.namespace ?? ''}/${about.name} ${about.uid ?? ''} ${about.fieldPath ?? ''}`
      if (!hasBudget(subject, now)) return
      const told = combined(subject, type, reason, message, now)
      const alike = told === message ? message : ''
      if (queue.length >= QUEUE_MAX) {
        log.warn('too many Events wait to be written: one is dropped', { component, reason })
        return
      }
      const at = formatTime(now)
      queue.push({ key: `${subject} ${type} ${reason} ${alike}`, about, type, reason, message: told, action, at })
      pump()
    },
    flushed() {
      if (busy.size === 0 && queue.length === 0) return Promise.resolve()
      return new Promise((resolve) => {
        waiters.push(resolve)
        pump()
      })
    },
  }
}

/** Events about what stands in no namespace are kept in `default`. */
function namespaceOf(about: EventSubject): string {
  return about.namespace === undefined || about.namespace === '' ? 'default' : about.namespace
}

/** Unlike any other about the same object: the time in hexadecimal, with a sequence in the digits below a millisecond. */
function eventSuffix(nowMs: number, sequence: number): string {
  return (BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(sequence % 1_000_000)).toString(16)
}

/** The value of a key, made when it is missing; what was used longest ago is forgotten above the limit. */
function remember<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make()
  map.delete(key)
  map.set(key, value)
  if (map.size > REMEMBERED_MAX) map.delete(map.keys().next().value!)
  return value
}
