import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { Role } from './v1.ts'
import { validateRole } from './validation.ts'

/** roles of rbac.authorization.k8s.io, v1. */
export const Roles = defineKind(Role, {
  plural: 'roles',
  namespaced: true,
  validate: validateRole,
  columns: [text('Created At', 'When it was created.', ({ metadata }) => metadata.creationTimestamp)],
})
