import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, list, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.rbac.v1',
})

export const AggregationRule = message('AggregationRule', 'Aggregation rule.', {
  clusterRoleSelectors: list(1, LabelSelector, { list: 'atomic', doc: 'Labels of the roles whose rules are taken.' }),
})
export type AggregationRule = Static<typeof AggregationRule>

export const PolicyRule = message('PolicyRule', 'Verbs that are allowed on resources or paths.', {
  verbs: list(1, 'string', { required: true, list: 'atomic', doc: 'What may be done.' }),
  apiGroups: list(2, 'string', { list: 'atomic', doc: 'API groups; * is all.' }),
  resources: list(3, 'string', { list: 'atomic', doc: 'How much it needs, and may take at most.' }),
  resourceNames: list(4, 'string', { list: 'atomic', doc: 'Names of objects; all when empty.' }),
  nonResourceURLs: list(5, 'string', { list: 'atomic', doc: 'Paths that are no resources; * at the end is any rest.' }),
})
export type PolicyRule = Static<typeof PolicyRule>

export const ClusterRole = object('ClusterRole', 'Rules that can be granted in a namespace or everywhere.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  rules: list(2, PolicyRule, { always: true, list: 'atomic', doc: 'The rules.' }),
  aggregationRule: ref(3, AggregationRule, { doc: 'Which other roles its rules come from.' }),
})
export type ClusterRole = Static<typeof ClusterRole>

export const Subject = message(
  'Subject',
  'Subject.',
  {
    kind: string(1, { required: true, doc: 'The kind of the thing.' }),
    apiGroup: string(2, { doc: 'The API group of the thing that is named.' }),
    name: string(3, { required: true, doc: 'Its name.' }),
    namespace: string(4, { doc: 'The namespace that it lives in.' }),
  },
  { atomic: true },
)
export type Subject = Static<typeof Subject>

export const RoleRef = message(
  'RoleRef',
  'Names the role that is granted.',
  {
    apiGroup: string(1, {
      always: true,
      default: 'rbac.authorization.k8s.io',
      doc: 'The API group of the thing that is named.',
    }),
    kind: string(2, { required: true, doc: 'The kind of the thing.' }),
    name: string(3, { required: true, doc: 'Its name.' }),
  },
  { atomic: true },
)
export type RoleRef = Static<typeof RoleRef>

export const ClusterRoleBinding = object('ClusterRoleBinding', 'Grants a ClusterRole everywhere.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  subjects: list(2, Subject, { list: 'atomic', doc: 'Who it is granted to.' }),
  roleRef: embed(3, RoleRef, { required: true, doc: 'The role that is granted; it cannot be changed.' }),
})
export type ClusterRoleBinding = Static<typeof ClusterRoleBinding>

export const ClusterRoleBindingList = object('ClusterRoleBindingList', 'A page of cluster role binding objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ClusterRoleBinding, { required: true, doc: 'The objects.' }),
})
export type ClusterRoleBindingList = Static<typeof ClusterRoleBindingList>

export const ClusterRoleList = object('ClusterRoleList', 'A page of cluster role objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ClusterRole, { required: true, doc: 'The objects.' }),
})
export type ClusterRoleList = Static<typeof ClusterRoleList>

export const Role = object('Role', 'Rules that can be granted in its namespace.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  rules: list(2, PolicyRule, { always: true, list: 'atomic', doc: 'The rules.' }),
})
export type Role = Static<typeof Role>

export const RoleBinding = object('RoleBinding', 'Grants a role in its namespace.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  subjects: list(2, Subject, { list: 'atomic', doc: 'Who it is granted to.' }),
  roleRef: embed(3, RoleRef, { required: true, doc: 'The role that is granted; it cannot be changed.' }),
})
export type RoleBinding = Static<typeof RoleBinding>

export const RoleBindingList = object('RoleBindingList', 'A page of role binding objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, RoleBinding, { required: true, doc: 'The objects.' }),
})
export type RoleBindingList = Static<typeof RoleBindingList>

export const RoleList = object('RoleList', 'A page of role objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Role, { required: true, doc: 'The objects.' }),
})
export type RoleList = Static<typeof RoleList>
