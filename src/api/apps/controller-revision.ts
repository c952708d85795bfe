import { count, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ControllerRevision } from './v1.ts'
import { controllerOf, groupOf } from '../meta/owners.ts'

/** controllerrevisions of apps, v1. */
export const ControllerRevisions = defineKind(ControllerRevision, {
  plural: 'controllerrevisions',
  namespaced: true,
  columns: [
    text('Controller', 'Whose revision it is.', (revision) => {
      const owner = controllerOf(revision)
      if (owner === undefined) return '<none>'
      const group = groupOf(owner.apiVersion)
      return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`
    }),
    count('Revision', 'Its number.', ({ revision }) => revision),
  ],
})
