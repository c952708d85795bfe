import { age, containerColumns, count, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ReplicaSet } from './v1.ts'
import { formatSelector } from '../meta/selectors.ts'
import { replicaSetDefaults } from './workload-defaults.ts'
import { sameSelector, validateReplicaSet } from './workload-validation.ts'

/** replicasets of apps, v1. */
export const ReplicaSets = defineKind(ReplicaSet, {
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: replicaSetDefaults,
  validate: validateReplicaSet,
  validateUpdate: sameSelector,
  columns: [
    count('Desired', 'How many Pods there are to be.', ({ spec }) => spec.replicas),
    count('Current', 'How many Pods there are.', ({ status }) => status.replicas),
    count('Ready', 'How many Pods are ready.', ({ status }) => status.readyReplicas),
    age,
    ...containerColumns(({ spec }: ReplicaSet) => spec.template.spec.containers),
    wide(
      text('Selector', 'Which Pods belong to it.', ({ spec }) =>
        orNone(spec.selector && formatSelector(spec.selector)),
      ),
    ),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas ?? 0) },
})
