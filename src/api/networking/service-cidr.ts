import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ServiceCIDR } from './v1.ts'

/** servicecidrs of networking.k8s.io, v1. */
export const ServiceCIDRs = defineKind(ServiceCIDR, {
  plural: 'servicecidrs',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  columns: [text('CIDRs', 'The ranges of addresses.', ({ spec }) => spec.cidrs?.join(','))],
})
