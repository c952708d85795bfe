import { defineKind } from '../meta/kind.ts'
import { ServiceAccount } from './v1.ts'

/** serviceaccounts, v1. */
export const ServiceAccounts = defineKind(ServiceAccount, {
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  subresources: {
    token: { verbs: ['create'], kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' },
  },
})
