import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ClusterRole } from './v1.ts'
import { validateClusterRole } from './validation.ts'

/** clusterroles of rbac.authorization.k8s.io, v1. */
export const ClusterRoles = defineKind(ClusterRole, {
  plural: 'clusterroles',
  namespaced: false,
  validate: validateClusterRole,
  columns: [text('Created At', 'When it was created.', ({ metadata }) => metadata.creationTimestamp)],
})
