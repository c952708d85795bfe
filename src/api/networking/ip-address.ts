import { defineKind } from '../meta/kind.ts'
import { IPAddress } from './v1.ts'

/** ipaddresses of networking.k8s.io, v1. */
export const IPAddresses = defineKind(IPAddress, {
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
})
