import { age, containerColumns, count, formatLabels, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { DaemonSet } from './v1.ts'
import { formatSelector } from '../meta/selectors.ts'
import { daemonSetDefaults } from './workload-defaults.ts'
import { sameSelector, validateDaemonSet } from './workload-validation.ts'

/** daemonsets of apps, v1. */
export const DaemonSets = defineKind(DaemonSet, {
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: daemonSetDefaults,
  validate: validateDaemonSet,
  validateUpdate: sameSelector,
  columns: [
    count('Desired', 'How many nodes are to run a Pod of it.', ({ status }) => status.desiredNumberScheduled),
    count('Current', 'How many nodes run one, of those that are to.', ({ status }) => status.currentNumberScheduled),
    count('Ready', 'How many of these Pods are ready.', ({ status }) => status.numberReady),
    count('Up-to-date', 'How many follow the newest template.', ({ status }) => status.updatedNumberScheduled),
    count('Available', 'How many have been ready for long enough.', ({ status }) => status.numberAvailable),
    text('Node Selector', 'Which nodes are meant.', ({ spec }) => formatLabels(spec.template.spec.nodeSelector)),
    age,
    ...containerColumns(({ spec }: DaemonSet) => spec.template.spec.containers),
    wide(
      text('Selector', 'Which Pods belong to it.', ({ spec }) =>
        orNone(spec.selector && formatSelector(spec.selector)),
      ),
    ),
  ],
})
