import { count, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { secretDefaults } from './secret-defaults.ts'
import { Secret } from './v1.ts'
import { validateSecret, validateSecretUpdate } from './validation/data.ts'

/** secrets, v1. */
export const Secrets = defineKind(Secret, {
  plural: 'secrets',
  namespaced: true,
  defaults: secretDefaults,
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  columns: [
    text('Type', 'What it is for.', ({ type }) => type),
    count('Data', 'How many entries it has.', ({ data }) => Object.keys(data ?? {}).length),
  ],
  selectableFields: { type: ({ type }) => type ?? '' },
})
