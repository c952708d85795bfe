import { defineKind } from '../meta/kind.ts'
import { ValidatingAdmissionPolicyBinding } from './v1.ts'

/** validatingadmissionpolicybindings of admissionregistration.k8s.io, v1. */
export const ValidatingAdmissionPolicyBindings = defineKind(ValidatingAdmissionPolicyBinding, {
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
})
