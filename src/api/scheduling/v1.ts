import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, list, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { object } = groupVersion({ group: 'scheduling.k8s.io', version: 'v1', proto: 'k8s.io.api.scheduling.v1' })

export const PriorityClass = object('PriorityClass', 'A number under a name: which Pods come first.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  value: int32(2, { always: true, doc: 'The value.' }),
  globalDefault: bool(3, { doc: 'Whether it is the class of Pods that name none.' }),
  description: string(4, { doc: 'What it is for.' }),
  preemptionPolicy: string(5, {
    pointer: true,
    default: 'PreemptLowerPriority',
    doc: 'Whether it may push out others.',
  }),
})
export type PriorityClass = Static<typeof PriorityClass>

export const PriorityClassList = object('PriorityClassList', 'A page of priority class objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, PriorityClass, { required: true, doc: 'The objects.' }),
})
export type PriorityClassList = Static<typeof PriorityClassList>
