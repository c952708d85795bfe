import { Nodes } from '../../api/core/node.ts'
import type { EventRecorder, EventType } from '../../client/event-recorder.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Because, Recorder, Verdict } from '../../lib/decisions.ts'

/** Something that the agent found or decided about its node. */
export interface SaidOfNode {
  readonly verdict: Verdict
  /** A CamelCase code. */
  readonly reason: string
  readonly message: string
  /** What of the node it is about: a later word about the same takes an earlier one back. */
  readonly field: string
  readonly because?: readonly Because[]
  readonly help?: string
  /** Whether users hear of it as an Event as well. */
  readonly event?: EventType
}

/** Says what the agent does for its node: as decisions for `why`, and as Events. */
export interface NodeNarrator {
  say(said: SaidOfNode): void
}

export function nodeNarrator(options: {
  readonly recorder: Recorder
  readonly events: Pick<EventRecorder, 'event'>
  readonly clock: Clock
  readonly nodeName: string
}): NodeNarrator {
  const { recorder, events, clock, nodeName } = options
  return {
    say({ verdict, reason, message, field, because = [], help, event }) {
      recorder.record({
        at: clock.now(),
        by: `agent/${nodeName}`,
        about: { resource: Nodes.plural, name: nodeName, field },
        verdict,
        reason,
        message,
        because,
        ...(help === undefined ? {} : { help }),
      })
      // As its uid such an Event has the node's name: whoever looks for a node's Events asks for that.
      const subject = { kind: Nodes.kind, apiVersion: Nodes.apiVersion, name: nodeName, uid: nodeName }
      if (event !== undefined) events.event(subject, event, reason, message)
    },
  }
}
