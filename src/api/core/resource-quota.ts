import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ResourceQuota } from './v1.ts'
import { validateQuotaUpdate, validateResourceQuota } from './validation/bounds.ts'

/** resourcequotas, v1. */
export const ResourceQuotas = defineKind(ResourceQuota, {
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  validate: validateResourceQuota,
  validateUpdate: validateQuotaUpdate,
  columns: [
    text('Request', 'What is asked for, of what may be.', ({ status }) =>
      usage(status, (name) => !name.startsWith('limits.')),
    ),
    text('Limit', 'What may be taken at most, of what may be.', ({ status }) =>
      usage(status, (name) => name.startsWith('limits.')),
    ),
  ],
})

type Amounts = Readonly<Record<string, string>>

function usage({ hard = {}, used = {} }: { hard?: Amounts; used?: Amounts }, picks: (name: string) => boolean): string {
  return Object.keys(hard)
    .filter(picks)
    .toSorted()
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ')
}
