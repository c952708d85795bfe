import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, list, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { object } = groupVersion({ group: 'scheduling.k8s.io', version: 'v1', proto: 'k8s.io.api.scheduling.v1' })

export const PriorityClass = object('PriorityClass', 'Priority class.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  value: int32(2, { always: true, doc: 'Value.' }),
  globalDefault: bool(3, { doc: 'Whether it is so: global default.' }),
  description: string(4, { doc: 'Description.' }),
  preemptionPolicy: string(5, { pointer: true, doc: 'Preemption policy.' }),
})
export type PriorityClass = Static<typeof PriorityClass>

export const PriorityClassList = object('PriorityClassList', 'A page of objects: priority class.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, PriorityClass, { required: true, doc: 'Items.' }),
})
export type PriorityClassList = Static<typeof PriorityClassList>
