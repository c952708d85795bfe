import { defineKind } from '../meta/kind.ts'
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
})
