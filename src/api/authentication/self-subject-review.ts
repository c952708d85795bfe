import { defineKind } from '../meta/kind.ts'
import { SelfSubjectReview } from './v1.ts'

/** selfsubjectreviews of authentication.k8s.io, v1. */
export const SelfSubjectReviews = defineKind(SelfSubjectReview, {
  plural: 'selfsubjectreviews',
  namespaced: false,
  verbs: ['create'],
})
