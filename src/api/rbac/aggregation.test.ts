import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aggregatedRules } from './aggregation.ts'
import type { ClusterRole } from './v1.ts'

const role = (name: string, labels: Record<string, string>, ...resources: string[]): ClusterRole =>
  ({
    metadata: { name, labels },
    rules: resources.map((one) => ({ verbs: ['get'], apiGroups: [''], resources: [one] })),
  }) as unknown as ClusterRole

const view = {
  metadata: { name: 'view', labels: { to: 'view' } },
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'view' } }, { matchLabels: { also: 'yes' } }] },
} as unknown as ClusterRole

describe('aggregatedRules', () => {
  it('takes the rules of all chosen roles by name, each once, and not its own', () => {
    const roles = [
      role('b', { to: 'view' }, 'pods', 'nodes'),
      role('a', { to: 'view' }, 'pods'),
      role('c', { also: 'yes' }, 'secrets', 'nodes'),
      role('d', {}, 'x'),
      { ...view, rules: role('', {}, 'old').rules },
    ]
    assert.deepEqual(
      aggregatedRules(view, roles)?.map((rule) => rule.resources),
      [['pods'], ['nodes'], ['secrets']],
    )
  })

  it('leaves a role alone that does not aggregate', () => {
    assert.equal(aggregatedRules(role('a', {}), []), undefined)
  })
})
