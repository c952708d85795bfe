import { defineKind } from '../meta/kind.ts'
import { MutatingAdmissionPolicyBinding } from './v1.ts'

/** mutatingadmissionpolicybindings of admissionregistration.k8s.io, v1. */
export const MutatingAdmissionPolicyBindings = defineKind(MutatingAdmissionPolicyBinding, {
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
})
