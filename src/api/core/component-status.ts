import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ComponentStatus } from './v1.ts'

/** componentstatuses, v1. */
export const ComponentStatuses = defineKind(ComponentStatus, {
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  columns: [
    text('Status', 'Whether it is healthy.', ({ conditions }) =>
      conditions?.find(({ type }) => type === 'Healthy')?.status === 'True' ? 'Healthy' : 'Unhealthy',
    ),
    text(
      'Message',
      'What it says itself.',
      ({ conditions }) => conditions?.find(({ type }) => type === 'Healthy')?.message,
    ),
    text('Error', 'What is wrong.', ({ conditions }) => conditions?.find(({ type }) => type === 'Healthy')?.error),
  ],
})
