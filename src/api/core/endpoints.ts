import { someOf, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { Endpoints as EndpointsTable } from './v1.ts'
import { validateEndpoints } from './validation/endpoints.ts'

/** endpoints, v1. */
export const Endpoints = defineKind(EndpointsTable, {
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  validate: validateEndpoints,
  columns: [
    text('Endpoints', 'The addresses and ports behind the Service.', ({ subsets }) =>
      someOf(
        (subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
          ports.length === 0
            ? addresses.map(({ ip }) => ip)
            : ports.flatMap(({ port }) =>
                addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
              ),
        ),
      ),
    ),
  ],
})
