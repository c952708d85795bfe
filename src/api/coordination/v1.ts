import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, list, microTime, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'coordination.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.coordination.v1',
})

export const LeaseSpec = message('LeaseSpec', 'What is wanted of the lease.', {
  holderIdentity: string(1, { pointer: true, doc: 'Who holds it.' }),
  leaseDurationSeconds: int32(2, { pointer: true, doc: 'How long it is held without being renewed, in seconds.' }),
  acquireTime: microTime(3, { pointer: true, doc: 'When it was taken.' }),
  renewTime: microTime(4, { pointer: true, doc: 'When it was last renewed.' }),
  leaseTransitions: int32(5, { pointer: true, doc: 'How often the holder changed.' }),
  strategy: string(6, { pointer: true, doc: 'How to replace the old by the new.' }),
  preferredHolder: string(7, { pointer: true, doc: 'Who should have it next.' }),
})
export type LeaseSpec = Static<typeof LeaseSpec>

export const Lease = object('Lease', 'Says who holds something, and until when.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, LeaseSpec, { doc: 'What is wanted.' }),
})
export type Lease = Static<typeof Lease>

export const LeaseList = object('LeaseList', 'A page of lease objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Lease, { required: true, doc: 'The objects.' }),
})
export type LeaseList = Static<typeof LeaseList>
