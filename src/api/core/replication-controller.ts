import { age, containerColumns, count, formatLabels, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { replicationControllerDefaults } from './replication-controller-defaults.ts'
import { ReplicationController } from './v1.ts'
import { validateReplicationController } from './validation/replication-controller.ts'

/** replicationcontrollers, v1. */
export const ReplicationControllers = defineKind(ReplicationController, {
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: replicationControllerDefaults,
  validate: validateReplicationController,
  columns: [
    count('Desired', 'How many Pods there are to be.', ({ spec }) => spec.replicas),
    count('Current', 'How many Pods there are.', ({ status }) => status.replicas),
    count('Ready', 'How many Pods are ready.', ({ status }) => status.readyReplicas),
    age,
    ...containerColumns(({ spec }: ReplicationController) => spec.template?.spec.containers ?? []),
    wide(text('Selector', 'Which Pods belong to it.', ({ spec }) => formatLabels(spec.selector))),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas ?? 0) },
})
