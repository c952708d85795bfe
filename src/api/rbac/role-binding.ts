import { defineKind } from '../meta/kind.ts'
import { RoleBinding } from './v1.ts'

/** rolebindings of rbac.authorization.k8s.io, v1. */
export const RoleBindings = defineKind(RoleBinding, {
  plural: 'rolebindings',
  namespaced: true,
})
