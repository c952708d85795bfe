import { defineKind } from '../meta/kind.ts'
import { SelfSubjectRulesReview } from './v1.ts'

/** selfsubjectrulesreviews of authorization.k8s.io, v1. */
export const SelfSubjectRulesReviews = defineKind(SelfSubjectRulesReview, {
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  verbs: ['create'],
})
