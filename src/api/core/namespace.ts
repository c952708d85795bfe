import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { namespaceDefaults } from './namespace-defaults.ts'
import { Namespace } from './v1.ts'

/** namespaces, v1. */
export const Namespaces = defineKind(Namespace, {
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: {
    finalize: { verbs: ['update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: namespaceDefaults,
  columns: [text('Status', 'Whether it is active or being removed.', ({ status }) => status.phase)],
  selectableFields: {
    'status.phase': ({ status }) => status.phase ?? '',
    name: ({ metadata }) => metadata.name,
  },
})
