import { ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int64, list, map, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'authentication.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.authentication.v1',
})

export const BoundObjectReference = message('BoundObjectReference', 'Bound object reference.', {
  kind: string(1, { doc: 'Kind.' }),
  apiVersion: string(2, { doc: 'Api version.' }),
  name: string(3, { doc: 'Name.' }),
  uid: string(4, { doc: 'Uid.' }),
})
export type BoundObjectReference = Static<typeof BoundObjectReference>

export const UserInfo = message('UserInfo', 'User info.', {
  username: string(1, { doc: 'Username.' }),
  uid: string(2, { doc: 'Uid.' }),
  groups: list(3, 'string', { list: 'atomic', doc: 'Groups.' }),
  extra: map(4, 'strings', { doc: 'Extra, by key.' }),
})
export type UserInfo = Static<typeof UserInfo>

export const SelfSubjectReviewStatus = message('SelfSubjectReviewStatus', 'What is known of: self subject review.', {
  userInfo: embed(1, UserInfo, { doc: 'User info.' }),
})
export type SelfSubjectReviewStatus = Static<typeof SelfSubjectReviewStatus>

export const SelfSubjectReview = object('SelfSubjectReview', 'Self subject review.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  status: embed(2, SelfSubjectReviewStatus, { doc: 'Status.' }),
})
export type SelfSubjectReview = Static<typeof SelfSubjectReview>

export const TokenRequestSpec = message('TokenRequestSpec', 'What is wanted of: token request.', {
  audiences: list(1, 'string', { always: true, list: 'atomic', doc: 'Audiences.' }),
  expirationSeconds: int64(4, { always: true, pointer: true, doc: 'Expiration, in seconds.' }),
  boundObjectRef: ref(3, BoundObjectReference, { always: true, doc: 'Bound object ref.' }),
})
export type TokenRequestSpec = Static<typeof TokenRequestSpec>

export const TokenRequestStatus = message('TokenRequestStatus', 'What is known of: token request.', {
  token: string(1, { always: true, doc: 'Token.' }),
  expirationTimestamp: time(2, { always: true, doc: 'When: expiration.' }),
})
export type TokenRequestStatus = Static<typeof TokenRequestStatus>

export const TokenRequest = object('TokenRequest', 'Token request.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, TokenRequestSpec, { always: true, doc: 'Spec.' }),
  status: embed(3, TokenRequestStatus, { doc: 'Status.' }),
})
export type TokenRequest = Static<typeof TokenRequest>

export const TokenReviewSpec = message('TokenReviewSpec', 'What is wanted of: token review.', {
  token: string(1, { required: true, omitempty: true, doc: 'Token.' }),
  audiences: list(2, 'string', { list: 'atomic', doc: 'Audiences.' }),
})
export type TokenReviewSpec = Static<typeof TokenReviewSpec>

export const TokenReviewStatus = message('TokenReviewStatus', 'What is known of: token review.', {
  authenticated: bool(1, { doc: 'Whether it is so: authenticated.' }),
  user: embed(2, UserInfo, { doc: 'User.' }),
  audiences: list(4, 'string', { list: 'atomic', doc: 'Audiences.' }),
  error: string(3, { doc: 'Error.' }),
})
export type TokenReviewStatus = Static<typeof TokenReviewStatus>

export const TokenReview = object('TokenReview', 'Token review.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, TokenReviewSpec, { required: true, doc: 'Spec.' }),
  status: embed(3, TokenReviewStatus, { doc: 'Status.' }),
})
export type TokenReview = Static<typeof TokenReview>
