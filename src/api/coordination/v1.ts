import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, list, microTime, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'coordination.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.coordination.v1',
})

export const LeaseSpec = message('LeaseSpec', 'What is wanted of: lease.', {
  holderIdentity: string(1, { pointer: true, doc: 'Holder identity.' }),
  leaseDurationSeconds: int32(2, { pointer: true, doc: 'Lease duration, in seconds.' }),
  acquireTime: microTime(3, { pointer: true, doc: 'When: acquire.' }),
  renewTime: microTime(4, { pointer: true, doc: 'When: renew.' }),
  leaseTransitions: int32(5, { pointer: true, doc: 'Lease transitions.' }),
  strategy: string(6, { pointer: true, doc: 'Strategy.' }),
  preferredHolder: string(7, { pointer: true, doc: 'Preferred holder.' }),
})
export type LeaseSpec = Static<typeof LeaseSpec>

export const Lease = object('Lease', 'Lease.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, LeaseSpec, { doc: 'Spec.' }),
})
export type Lease = Static<typeof Lease>

export const LeaseList = object('LeaseList', 'A page of objects: lease.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, Lease, { required: true, doc: 'Items.' }),
})
export type LeaseList = Static<typeof LeaseList>
