import { orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { validateBinding } from './policy-validation.ts'
import { ValidatingAdmissionPolicyBinding } from './v1.ts'

/** validatingadmissionpolicybindings of admissionregistration.k8s.io, v1. */
export const ValidatingAdmissionPolicyBindings = defineKind(ValidatingAdmissionPolicyBinding, {
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  validate: validateBinding,
  columns: [
    text('PolicyName', 'The policy that it puts to work.', ({ spec }) => spec.policyName),
    text('ParamRef', 'Its settings.', ({ spec: { paramRef } }) =>
      orNone(
        paramRef && (paramRef.namespace ? `${paramRef.namespace}/${paramRef.name ?? '*'}` : (paramRef.name ?? '*')),
        '<unset>',
      ),
    ),
  ],
})
