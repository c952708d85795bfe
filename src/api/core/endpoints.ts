import { defineKind } from '../meta/kind.ts'
import { Endpoints as EndpointsTable } from './v1.ts'

/** endpoints, v1. */
export const Endpoints = defineKind(EndpointsTable, {
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
})
