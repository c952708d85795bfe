import { age, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { priorityLevelConfigurationDefaults } from './priority-level-configuration-defaults.ts'
import { PriorityLevelConfiguration } from './v1.ts'

/** prioritylevelconfigurations of flowcontrol.apiserver.k8s.io, v1. */
export const PriorityLevelConfigurations = defineKind(PriorityLevelConfiguration, {
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: priorityLevelConfigurationDefaults,
  columns: [
    text('Type', 'Whether its requests are limited.', ({ spec }) => spec.type),
    text('NominalConcurrencyShares', 'Its share of what is served at once.', ({ spec }) =>
      orNone(String((spec.limited ?? spec.exempt)?.nominalConcurrencyShares ?? '')),
    ),
    text('Queues', 'How many queues it has.', ({ spec }) =>
      orNone(String(spec.limited?.limitResponse?.queuing?.queues ?? '')),
    ),
    text('HandSize', 'How many queues a flow is dealt.', ({ spec }) =>
      orNone(String(spec.limited?.limitResponse?.queuing?.handSize ?? '')),
    ),
    text('QueueLengthLimit', 'How many requests a queue holds.', ({ spec }) =>
      orNone(String(spec.limited?.limitResponse?.queuing?.queueLengthLimit ?? '')),
    ),
    age,
  ],
})
