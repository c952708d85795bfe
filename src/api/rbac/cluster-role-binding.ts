import { age, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { subjectDefaults } from './subject-defaults.ts'
import { ClusterRoleBinding } from './v1.ts'
import { subjectNames } from './subjects.ts'
import { sameRole, validateClusterRoleBinding } from './validation.ts'

/** clusterrolebindings of rbac.authorization.k8s.io, v1. */
export const ClusterRoleBindings = defineKind(ClusterRoleBinding, {
  plural: 'clusterrolebindings',
  namespaced: false,
  defaults: subjectDefaults,
  validate: validateClusterRoleBinding,
  validateUpdate: sameRole,
  columns: [
    text('Role', 'The rights that it gives.', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
    age,
    wide(text('Users', 'The users who get them.', ({ subjects }) => subjectNames(subjects, 'User'))),
    wide(text('Groups', 'The groups that get them.', ({ subjects }) => subjectNames(subjects, 'Group'))),
    wide(
      text('ServiceAccounts', 'The service accounts that get them.', ({ subjects }) =>
        subjectNames(subjects, 'ServiceAccount'),
      ),
    ),
  ],
})
