import { defineKind } from '../meta/kind.ts'
import { Event } from './v1.ts'

/** events, v1. */
export const Events = defineKind(Event, {
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
})
