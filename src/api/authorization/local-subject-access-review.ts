import { defineKind } from '../meta/kind.ts'
import { LocalSubjectAccessReview } from './v1.ts'

/** localsubjectaccessreviews of authorization.k8s.io, v1. */
export const LocalSubjectAccessReviews = defineKind(LocalSubjectAccessReview, {
  plural: 'localsubjectaccessreviews',
  namespaced: true,
  verbs: ['create'],
})
