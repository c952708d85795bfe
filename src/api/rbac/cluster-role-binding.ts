import { defineKind } from '../meta/kind.ts'
import { ClusterRoleBinding } from './v1.ts'

/** clusterrolebindings of rbac.authorization.k8s.io, v1. */
export const ClusterRoleBindings = defineKind(ClusterRoleBinding, {
  plural: 'clusterrolebindings',
  namespaced: false,
})
