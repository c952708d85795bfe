import { count, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { validateValidatingPolicy } from './policy-validation.ts'
import { ValidatingAdmissionPolicy } from './v1.ts'

/** validatingadmissionpolicies of admissionregistration.k8s.io, v1. */
export const ValidatingAdmissionPolicies = defineKind(ValidatingAdmissionPolicy, {
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  validate: validateValidatingPolicy,
  checkExpressions: async (object, old, problems) => {
    const { checkValidatingExpressions } = await import('./expression-validation.ts')
    checkValidatingExpressions(object, old, problems)
  },
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  columns: [
    count('Validations', 'How many rules it has.', ({ spec }) => spec.validations?.length),
    text('ParamKind', 'The kind of its settings.', ({ spec: { paramKind } }) =>
      orNone(paramKind && `${paramKind.apiVersion}/${paramKind.kind}`, '<unset>'),
    ),
  ],
})
