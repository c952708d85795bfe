import { count, since, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { Event } from './v1.ts'
import { validateEvent } from './validation/event.ts'

/** events, v1. */
export const Events = defineKind(Event, {
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  validate: validateEvent,
  columns: [
    since('Last Seen', 'How long ago it happened last.', lastSeen),
    text('Type', 'Whether it is a warning.', ({ type }) => type),
    text('Reason', 'Why it was written, in one word.', ({ reason }) => reason),
    text('Object', 'What it is about.', ({ involvedObject: { kind = '', name = '' } }) =>
      name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`,
    ),
    wide(text('Subobject', 'Which part of it.', ({ involvedObject }) => involvedObject.fieldPath)),
    wide(
      text('Source', 'Who says it.', ({ source, reportingComponent, reportingInstance }) =>
        [source?.component || reportingComponent, source?.host || reportingInstance].filter(Boolean).join(', '),
      ),
    ),
    text('Message', 'What has happened.', ({ message }) => message?.trim()),
    wide(since('First Seen', 'How long ago it happened first.', firstSeen)),
    wide(
      count(
        'Count',
        'How often it has happened.',
        ({ series, count = 0 }) => series?.count ?? (count === 0 ? 1 : count),
      ),
    ),
    wide(text('Name', 'The name of the event itself.', ({ metadata }) => metadata.name)),
  ],
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason = '' }) => reason,
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || (reportingComponent ?? ''),
    type: ({ type = '' }) => type,
  },
})

function firstSeen({ firstTimestamp, eventTime }: Event): string | undefined {
  return firstTimestamp ?? eventTime
}

function lastSeen(event: Event): string | undefined {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen(event)
}
