import { age, containerColumns, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { StatefulSet } from './v1.ts'
import { statefulSetDefaults } from './workload-defaults.ts'
import { validateStatefulSet, validateStatefulSetUpdate } from './workload-validation.ts'

/** statefulsets of apps, v1. */
export const StatefulSets = defineKind(StatefulSet, {
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: statefulSetDefaults,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  columns: [
    text(
      'Ready',
      'How many Pods are ready, of how many.',
      ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    age,
    ...containerColumns(({ spec }: StatefulSet) => spec.template.spec.containers),
  ],
})
