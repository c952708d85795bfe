import { Pods } from '../../api/core/pod.ts'
import type { Pod } from '../../api/core/v1.ts'
import { eventSubject } from '../../client/event-recorder.ts'
import type { EventRecorder, EventType } from '../../client/event-recorder.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Because, Recorder, Verdict } from '../../lib/decisions.ts'

/** Something that the agent found or decided about a pod. */
export interface Said {
  readonly verdict: Verdict
  /** A CamelCase code. */
  readonly reason: string
  readonly message: string
  /** The place in the pod, as in `spec.containers{web}`. */
  readonly field?: string
  readonly because?: readonly Because[]
  readonly help?: string
  /** Whether users hear of it as an Event as well, and under which reason if it is another one. */
  readonly event?: EventType
  readonly eventReason?: string
  readonly eventMessage?: string
}

/** Says what the agent does: as decisions for `why`, and as Events. */
export interface Narrator {
  say(pod: Pod, said: Said): void
}

export function narrator(options: {
  readonly recorder: Recorder
  readonly events: EventRecorder
  readonly clock: Clock
  readonly nodeName: string
}): Narrator {
  const { recorder, events, clock, nodeName } = options
  return {
    say(pod, { verdict, reason, message, field, because = [], help, event, eventReason, eventMessage }) {
      const { name, namespace = '', uid, resourceVersion } = pod.metadata
      recorder.record({
        at: clock.now(),
        by: `agent/${nodeName}`,
        about: {
          resource: Pods.plural,
          namespace,
          name,
          uid,
          resourceVersion,
          ...(field === undefined ? {} : { field }),
        },
        verdict,
        reason,
        message,
        because,
        ...(help === undefined ? {} : { help }),
      })
      if (event === undefined) return
      const subject = eventSubject(Pods, pod)
      events.event(
        field === undefined ? subject : { ...subject, fieldPath: field },
        event,
        eventReason ?? reason,
        eventMessage ?? message,
      )
    },
  }
}
