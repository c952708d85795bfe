import { Condition, DeleteOptions, LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, int64, intOrString, list, map, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'policy', version: 'v1', proto: 'k8s.io.api.policy.v1' })

export const UnhealthyPodEvictionPolicyType = ['IfHealthyBudget', 'AlwaysAllow'] as const
export type UnhealthyPodEvictionPolicyType = (typeof UnhealthyPodEvictionPolicyType)[number]

export const Eviction = object('Eviction', 'Asks to remove a Pod as far as disruption budgets allow it.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  deleteOptions: ref(2, DeleteOptions, { doc: 'The options of the delete.' }),
})
export type Eviction = Static<typeof Eviction>

export const PodDisruptionBudgetSpec = message(
  'PodDisruptionBudgetSpec',
  'What is wanted of the pod disruption budget.',
  {
    minAvailable: intOrString(1, { pointer: true, doc: 'How many Pods have to stay, as a number or a share.' }),
    selector: ref(2, LabelSelector, { patchStrategy: 'replace', doc: 'Which objects are meant, by their labels.' }),
    maxUnavailable: intOrString(3, {
      pointer: true,
      doc: 'How many Pods may be missing meanwhile, as a number or a share.',
    }),
    unhealthyPodEvictionPolicy: string(4, {
      pointer: true,
      enum: UnhealthyPodEvictionPolicyType,
      doc: 'Whether Pods that are not ready may be taken away.',
    }),
  },
)
export type PodDisruptionBudgetSpec = Static<typeof PodDisruptionBudgetSpec>

export const PodDisruptionBudgetStatus = message(
  'PodDisruptionBudgetStatus',
  'What is known of the pod disruption budget.',
  {
    observedGeneration: int64(1, { doc: 'The generation that this was written for.' }),
    disruptedPods: map(2, 'time', { doc: 'Pods that are about to go, and since when.' }),
    disruptionsAllowed: int32(3, { always: true, doc: 'How many Pods may be taken away now.' }),
    currentHealthy: int32(4, { always: true, doc: 'How many Pods are ready.' }),
    desiredHealthy: int32(5, { always: true, doc: 'How many Pods have to be ready.' }),
    expectedPods: int32(6, { always: true, doc: 'How many Pods count.' }),
    conditions: list(7, Condition, {
      list: 'map',
      keys: ['type'],
      patchStrategy: 'merge',
      mergeKey: 'type',
      doc: 'What holds now, and since when.',
    }),
  },
)
export type PodDisruptionBudgetStatus = Static<typeof PodDisruptionBudgetStatus>

export const PodDisruptionBudget = object('PodDisruptionBudget', 'How many Pods of a kind may be taken away at once.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, PodDisruptionBudgetSpec, { doc: 'What is wanted.' }),
  status: embed(3, PodDisruptionBudgetStatus, { doc: 'What is known.' }),
})
export type PodDisruptionBudget = Static<typeof PodDisruptionBudget>

export const PodDisruptionBudgetList = object('PodDisruptionBudgetList', 'A page of pod disruption budget objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, PodDisruptionBudget, { required: true, doc: 'The objects.' }),
})
export type PodDisruptionBudgetList = Static<typeof PodDisruptionBudgetList>
