import { age, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { networkPolicyDefaults } from './network-policy-defaults.ts'
import { NetworkPolicy } from './v1.ts'
import { formatSelector } from '../meta/selectors.ts'
import { validateNetworkPolicy } from './network-policy-validation.ts'

/** networkpolicies of networking.k8s.io, v1. */
export const NetworkPolicies = defineKind(NetworkPolicy, {
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  defaults: networkPolicyDefaults,
  validate: validateNetworkPolicy,
  columns: [
    text('Pod-Selector', 'Which Pods it is about.', ({ spec }) =>
      orNone(spec.podSelector && formatSelector(spec.podSelector)),
    ),
    age,
  ],
})
