import { defineKind } from '../meta/kind.ts'
import { SelfSubjectAccessReview } from './v1.ts'

/** selfsubjectaccessreviews of authorization.k8s.io, v1. */
export const SelfSubjectAccessReviews = defineKind(SelfSubjectAccessReview, {
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
})
