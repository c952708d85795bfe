import { defineKind } from '../meta/kind.ts'
import { TokenReview } from './v1.ts'

/** tokenreviews of authentication.k8s.io, v1. */
export const TokenReviews = defineKind(TokenReview, {
  plural: 'tokenreviews',
  namespaced: false,
  verbs: ['create'],
})
