import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, list, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.rbac.v1',
})

export const AggregationRule = message('AggregationRule', 'Aggregation rule.', {
  clusterRoleSelectors: list(1, LabelSelector, { list: 'atomic', doc: 'Cluster role selectors.' }),
})
export type AggregationRule = Static<typeof AggregationRule>

export const PolicyRule = message('PolicyRule', 'Policy rule.', {
  verbs: list(1, 'string', { required: true, list: 'atomic', doc: 'Verbs.' }),
  apiGroups: list(2, 'string', { list: 'atomic', doc: 'Api groups.' }),
  resources: list(3, 'string', { list: 'atomic', doc: 'Resources.' }),
  resourceNames: list(4, 'string', { list: 'atomic', doc: 'Resource names.' }),
  nonResourceURLs: list(5, 'string', { list: 'atomic', doc: 'Non resource URLs.' }),
})
export type PolicyRule = Static<typeof PolicyRule>

export const ClusterRole = object('ClusterRole', 'Cluster role.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  rules: list(2, PolicyRule, { always: true, list: 'atomic', doc: 'Rules.' }),
  aggregationRule: ref(3, AggregationRule, { doc: 'Aggregation rule.' }),
})
export type ClusterRole = Static<typeof ClusterRole>

export const Subject = message(
  'Subject',
  'Subject.',
  {
    kind: string(1, { required: true, doc: 'Kind.' }),
    apiGroup: string(2, { doc: 'Api group.' }),
    name: string(3, { required: true, doc: 'Name.' }),
    namespace: string(4, { doc: 'Namespace.' }),
  },
  { atomic: true },
)
export type Subject = Static<typeof Subject>

export const RoleRef = message(
  'RoleRef',
  'Role ref.',
  {
    apiGroup: string(1, { always: true, doc: 'Api group.' }),
    kind: string(2, { required: true, doc: 'Kind.' }),
    name: string(3, { required: true, doc: 'Name.' }),
  },
  { atomic: true },
)
export type RoleRef = Static<typeof RoleRef>

export const ClusterRoleBinding = object('ClusterRoleBinding', 'Cluster role binding.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  subjects: list(2, Subject, { list: 'atomic', doc: 'Subjects.' }),
  roleRef: embed(3, RoleRef, { required: true, doc: 'Role ref.' }),
})
export type ClusterRoleBinding = Static<typeof ClusterRoleBinding>

export const ClusterRoleBindingList = object('ClusterRoleBindingList', 'A page of objects: cluster role binding.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, ClusterRoleBinding, { required: true, doc: 'Items.' }),
})
export type ClusterRoleBindingList = Static<typeof ClusterRoleBindingList>

export const ClusterRoleList = object('ClusterRoleList', 'A page of objects: cluster role.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, ClusterRole, { required: true, doc: 'Items.' }),
})
export type ClusterRoleList = Static<typeof ClusterRoleList>

export const Role = object('Role', 'Role.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  rules: list(2, PolicyRule, { always: true, list: 'atomic', doc: 'Rules.' }),
})
export type Role = Static<typeof Role>

export const RoleBinding = object('RoleBinding', 'Role binding.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  subjects: list(2, Subject, { list: 'atomic', doc: 'Subjects.' }),
  roleRef: embed(3, RoleRef, { required: true, doc: 'Role ref.' }),
})
export type RoleBinding = Static<typeof RoleBinding>

export const RoleBindingList = object('RoleBindingList', 'A page of objects: role binding.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, RoleBinding, { required: true, doc: 'Items.' }),
})
export type RoleBindingList = Static<typeof RoleBindingList>

export const RoleList = object('RoleList', 'A page of objects: role.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, Role, { required: true, doc: 'Items.' }),
})
export type RoleList = Static<typeof RoleList>
