import { defineKind } from '../meta/kind.ts'
import { NetworkPolicy } from './v1.ts'

/** networkpolicies of networking.k8s.io, v1. */
export const NetworkPolicies = defineKind(NetworkPolicy, {
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
})
