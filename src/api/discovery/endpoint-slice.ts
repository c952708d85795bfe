import { someOf, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { EndpointSlice } from './v1.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice-validation.ts'

/** endpointslices of discovery.k8s.io, v1. */
export const EndpointSlices = defineKind(EndpointSlice, {
  plural: 'endpointslices',
  namespaced: true,
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  columns: [
    text('AddressType', 'What kind of addresses it has.', ({ addressType }) => addressType),
    text('Ports', 'The ports behind the Service.', ({ ports }) =>
      someOf(
        (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port))),
        '<unset>',
      ),
    ),
    text('Endpoints', 'The addresses behind the Service.', ({ endpoints }) =>
      someOf(
        (endpoints ?? []).flatMap(({ addresses }) => addresses),
        '<unset>',
      ),
    ),
  ],
})
