import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { IPAddress } from './v1.ts'

/** ipaddresses of networking.k8s.io, v1. */
export const IPAddresses = defineKind(IPAddress, {
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  columns: [
    text(
      'ParentRef',
      'Whose address it is.',
      ({ spec: { parentRef } }) =>
        parentRef && [parentRef.resource, parentRef.namespace, parentRef.name].filter(Boolean).join('/'),
    ),
  ],
})
