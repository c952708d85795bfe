import { defineKind } from '../meta/kind.ts'
import { Events as CoreEvents } from '../core/event.ts'
import { fromCoreEvent, toCoreEvent } from './event-conversion.ts'
import { Event } from './v1.ts'
import { validateEvent } from './event-validation.ts'

/** events of events.k8s.io, v1. */
export const Events = defineKind(Event, {
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  storedAs: { kind: CoreEvents, toStored: toCoreEvent, fromStored: fromCoreEvent },
  validateCreate: validateEvent,
  selectableFields: {
    'regarding.kind': ({ regarding }) => regarding.kind ?? '',
    'regarding.namespace': ({ regarding }) => regarding.namespace ?? '',
    'regarding.name': ({ regarding }) => regarding.name ?? '',
    'regarding.uid': ({ regarding }) => regarding.uid ?? '',
    'regarding.apiVersion': ({ regarding }) => regarding.apiVersion ?? '',
    'regarding.resourceVersion': ({ regarding }) => regarding.resourceVersion ?? '',
    'regarding.fieldPath': ({ regarding }) => regarding.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingController: ({ reportingController }) => reportingController ?? '',
    type: ({ type }) => type ?? '',
  },
})
