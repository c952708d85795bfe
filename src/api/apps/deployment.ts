import { age, containerColumns, count, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { Deployment } from './v1.ts'
import { formatSelector } from '../meta/selectors.ts'
import { deploymentDefaults } from './workload-defaults.ts'
import { sameSelector, validateDeployment } from './workload-validation.ts'

/** deployments of apps, v1. */
export const Deployments = defineKind(Deployment, {
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: deploymentDefaults,
  validate: validateDeployment,
  validateUpdate: sameSelector,
  columns: [
    text(
      'Ready',
      'How many Pods are ready, of how many.',
      ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    count('Up-to-date', 'How many Pods follow the newest template.', ({ status }) => status.updatedReplicas),
    count('Available', 'How many Pods have been ready for long enough.', ({ status }) => status.availableReplicas),
    age,
    ...containerColumns(({ spec }: Deployment) => spec.template.spec.containers),
    wide(
      text('Selector', 'Which Pods belong to it.', ({ spec }) =>
        orNone(spec.selector && formatSelector(spec.selector)),
      ),
    ),
  ],
})
