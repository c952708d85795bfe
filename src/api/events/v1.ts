import { EventSource, ObjectReference } from '../core/v1.ts'
import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, list, microTime, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'events.k8s.io', version: 'v1', proto: 'k8s.io.api.events.v1' })

export const EventSeries = message('EventSeries', 'Event series.', {
  count: int32(1, { required: true, doc: 'How often.' }),
  lastObservedTime: microTime(2, { required: true, doc: 'When it last happened.' }),
})
export type EventSeries = Static<typeof EventSeries>

export const Event = object('Event', 'Something that happened to an object.', {
  metadata: embed(1, ObjectMeta, { always: true, doc: 'What it says about itself.' }),
  eventTime: microTime(2, { required: true, doc: 'When it happened.' }),
  series: ref(3, EventSeries, { doc: 'How often and until when it went on happening.' }),
  reportingController: string(4, { doc: 'Who says so.' }),
  reportingInstance: string(5, { doc: 'Which of several it is that says so.' }),
  action: string(6, { doc: 'What was done.' }),
  reason: string(7, { doc: 'Why, in one word.' }),
  regarding: embed(8, ObjectReference, { doc: 'The object that it happened to.' }),
  related: ref(9, ObjectReference, { doc: 'Another object that has to do with it.' }),
  note: string(10, { doc: 'What happened, for people to read.' }),
  type: string(11, { doc: 'Which of several kinds it is.' }),
  deprecatedSource: embed(12, EventSource, { doc: 'Deprecated source.' }),
  deprecatedFirstTimestamp: time(13, { doc: 'Time of deprecated first.' }),
  deprecatedLastTimestamp: time(14, { doc: 'Time of deprecated last.' }),
  deprecatedCount: int32(15, { doc: 'Deprecated count.' }),
})
export type Event = Static<typeof Event>

export const EventList = object('EventList', 'A page of event objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Event, { required: true, doc: 'The objects.' }),
})
export type EventList = Static<typeof EventList>
