import type { Event as CoreEvent } from '../core/v1.ts'
import type { Event } from './v1.ts'

/** The same event in the words of the core group, in which it is stored. */
export function toCoreEvent(event: Event): CoreEvent {
  const { regarding, note, reportingController, deprecatedSource, deprecatedFirstTimestamp, ...rest } = event
  const { deprecatedLastTimestamp, deprecatedCount, ...same } = rest
  return withoutAbsent({
    ...same,
    apiVersion: 'v1',
    involvedObject: regarding,
    message: note,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
    reportingComponent: reportingController ?? '',
    reportingInstance: event.reportingInstance ?? '',
  }) as CoreEvent
}

/** The same event in the words of the group events.k8s.io. */
export function fromCoreEvent(event: CoreEvent): Event {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, ...rest } = event
  const { reportingComponent, reportingInstance, ...same } = rest
  return withoutAbsent({
    ...same,
    apiVersion: 'events.k8s.io/v1',
    reportingController: reportingComponent === '' ? undefined : reportingComponent,
    reportingInstance: reportingInstance === '' ? undefined : reportingInstance,
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  }) as Event
}

function withoutAbsent(object: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
