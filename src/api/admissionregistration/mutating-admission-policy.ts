import { count, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { validateMutatingPolicy } from './policy-validation.ts'
import { MutatingAdmissionPolicy } from './v1.ts'

/** mutatingadmissionpolicies of admissionregistration.k8s.io, v1. */
export const MutatingAdmissionPolicies = defineKind(MutatingAdmissionPolicy, {
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  validate: validateMutatingPolicy,
  checkExpressions: async (object, old, problems) => {
    const { checkMutatingExpressions } = await import('./expression-validation.ts')
    checkMutatingExpressions(object, old, problems)
  },
  columns: [
    count('Mutations', 'How many rules it has.', ({ spec }) => spec.mutations?.length),
    text('ParamKind', 'The kind of its settings.', ({ spec: { paramKind } }) =>
      orNone(paramKind && `${paramKind.apiVersion}/${paramKind.kind}`, '<unset>'),
    ),
  ],
})
