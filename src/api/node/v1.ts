import { Toleration } from '../core/v1.ts'
import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, list, map, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'node.k8s.io', version: 'v1', proto: 'k8s.io.api.node.v1' })

export const Overhead = message('Overhead', 'Overhead.', {
  podFixed: map(1, 'quantity', { doc: 'What running a Pod takes besides its containers.' }),
})
export type Overhead = Static<typeof Overhead>

export const Scheduling = message('Scheduling', 'Scheduling.', {
  nodeSelector: map(1, 'string', { atomic: true, doc: 'Labels that the node has to have.' }),
  tolerations: list(2, Toleration, { list: 'atomic', doc: 'Taints that do not matter.' }),
})
export type Scheduling = Static<typeof Scheduling>

export const RuntimeClass = object('RuntimeClass', 'A way to run containers, under a name.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  handler: string(2, { required: true, doc: 'The name that the runtime knows.' }),
  overhead: ref(3, Overhead, { doc: 'What running the Pod takes besides its containers.' }),
  scheduling: ref(4, Scheduling, { doc: 'Which nodes can run it.' }),
})
export type RuntimeClass = Static<typeof RuntimeClass>

export const RuntimeClassList = object('RuntimeClassList', 'A page of runtime class objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, RuntimeClass, { required: true, doc: 'The objects.' }),
})
export type RuntimeClassList = Static<typeof RuntimeClassList>
