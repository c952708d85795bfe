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
})
