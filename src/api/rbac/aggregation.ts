import { selects } from '../meta/selectors.ts'
import type { ClusterRole, PolicyRule } from './v1.ts'

/**
 * The rules of a role that aggregates others: those of every other role that one of its selectors chooses, in the order of
 * their names, each once. Undefined when the role does not aggregate.
 */
export function aggregatedRules(
  role: Pick<ClusterRole, 'metadata' | 'aggregationRule'>,
  roles: readonly Pick<ClusterRole, 'metadata' | 'rules'>[],
): PolicyRule[] | undefined {
  const selectors = role.aggregationRule?.clusterRoleSelectors
  if (selectors === undefined) return undefined
  const rules = new Map<string, PolicyRule>()
  for (const selector of selectors) {
    const chosen = roles.filter(
      ({ metadata }) => metadata.name !== role.metadata.name && selects(selector, metadata.labels),
    )
    chosen.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    for (const rule of chosen.flatMap((other) => other.rules ?? [])) {
      const text = JSON.stringify(rule)
      if (!rules.has(text)) rules.set(text, rule)
    }
  }
  return [...rules.values()]
}
