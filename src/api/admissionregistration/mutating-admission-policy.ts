import { defineKind } from '../meta/kind.ts'
import { MutatingAdmissionPolicy } from './v1.ts'

/** mutatingadmissionpolicies of admissionregistration.k8s.io, v1. */
export const MutatingAdmissionPolicies = defineKind(MutatingAdmissionPolicy, {
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
})
