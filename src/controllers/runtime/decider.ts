import type { KubeObject } from '../../api/meta/kind.ts'
import { eventSubject } from '../../client/event-recorder.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ObjectRef, Recorder } from '../../lib/decisions.ts'
import type { Decide } from './controller.ts'

export interface DeciderOptions {
  /** As in `controller/replica-set`. */
  readonly by: string
  readonly clock: Clock
  readonly recorder: Recorder
  readonly events: EventRecorder
  /** The plural with its group of a kind, as in `deployments.apps`. */
  readonly resourceOf: (object: KubeObject) => string
}

const REMEMBERED_MAX = 10_000

/**
 * Makes the function by which a controller says why. A controller looks at the same object over and over and comes to
 * the same conclusion: only what differs from its last word on the object is recorded. Events are counted by their own
 * recorder, and said every time.
 */
export function decider({ by, clock, recorder, events, resourceOf }: DeciderOptions): Decide {
  const lastWords = new Map<string, string>()
  return (about, verdict, reason, message, options = {}) => {
    if (options.event !== undefined) events.event(eventSubject(about, about), options.event, reason, message)
    const word = `${verdict} ${reason} ${message}`
    const { uid } = about.metadata
    const isNews = lastWords.get(uid) !== word
    lastWords.delete(uid)
    lastWords.set(uid, word)
    if (lastWords.size > REMEMBERED_MAX) lastWords.delete(lastWords.keys().next().value!)
    if (!isNews) return
    recorder.record({
      at: clock.now(),
      by,
      about: refTo(resourceOf(about), about),
      verdict,
      reason,
      message,
      because: options.because ?? [],
      ...(options.help !== undefined && { help: options.help }),
    })
  }
}

/** How a decision names an object. */
export function refTo(resource: string, object: KubeObject): ObjectRef {
  const { namespace, name, uid, resourceVersion } = object.metadata
  return { resource, name, uid, resourceVersion, ...(namespace && { namespace }) }
}
