import { age, count, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { FlowSchema } from './v1.ts'

/** flowschemas of flowcontrol.apiserver.k8s.io, v1. */
export const FlowSchemas = defineKind(FlowSchema, {
  plural: 'flowschemas',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  columns: [
    text('PriorityLevel', 'Where its requests queue.', ({ spec }) => spec.priorityLevelConfiguration.name),
    count('MatchingPrecedence', 'Its place among the others.', ({ spec }) => spec.matchingPrecedence),
    text('DistinguisherMethod', 'What tells flows apart.', ({ spec }) => orNone(spec.distinguisherMethod?.type)),
    age,
    text(
      'MissingPL',
      'Whether its priority level is missing.',
      ({ status }) => status.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
})
