import { defineKind } from '../meta/kind.ts'
import { SubjectAccessReview } from './v1.ts'

/** subjectaccessreviews of authorization.k8s.io, v1. */
export const SubjectAccessReviews = defineKind(SubjectAccessReview, {
  plural: 'subjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
})
