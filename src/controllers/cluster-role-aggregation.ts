import { aggregatedRules } from '../api/rbac/aggregation.ts'
import { ClusterRoles } from '../api/rbac/cluster-role.ts'
import type { ClusterRole } from '../api/rbac/v1.ts'
import { sameJson } from '../lib/patch/json.ts'
import type { Controller } from './runtime/controller.ts'

/** Gives ClusterRoles that aggregate others the rules of all that they choose. */
export const clusterRoleAggregationController: Controller<ClusterRole> = {
  name: 'cluster-role-aggregation',
  component: 'clusterrole-aggregation-controller',
  owner: ClusterRoles,
  reads: [
    {
      kind: ClusterRoles,
      matters: (role: ClusterRole | undefined, previous: ClusterRole | undefined) =>
        !sameJson([role?.rules, role?.metadata.labels], [previous?.rules, previous?.metadata.labels]),
      owners: (_role: ClusterRole, _caches, roles) =>
        roles
          .list()
          .filter(({ aggregationRule }) => aggregationRule !== undefined)
          .map(({ metadata }) => metadata),
    },
  ],
  writes: [ClusterRoles],
  async reconcile(role, cluster) {
    const rules = aggregatedRules(role, cluster.cache(ClusterRoles).list())
    if (rules === undefined || sameJson(role.rules ?? [], rules)) return
    await cluster.update(ClusterRoles, { ...role, rules })
    cluster.decide(role, 'done', 'Aggregated', `it has ${rules.length} rules of others`)
  },
}
