import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { Lease } from './v1.ts'
import { validateLease } from './lease-validation.ts'

/** leases of coordination.k8s.io, v1. */
export const Leases = defineKind(Lease, {
  plural: 'leases',
  namespaced: true,
  validate: validateLease,
  columns: [text('Holder', 'Who holds it.', ({ spec }) => spec.holderIdentity)],
})
