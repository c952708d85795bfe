import { ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int64, list, map, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'authentication.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.authentication.v1',
})

export const BoundObjectReference = message('BoundObjectReference', 'Bound object reference.', {
  kind: string(1, { doc: 'The kind of the thing.' }),
  apiVersion: string(2, { doc: 'The version of the API that this is written for.' }),
  name: string(3, { doc: 'Its name.' }),
  uid: string(4, { doc: 'Unique over all time and space; set by the server.' }),
})
export type BoundObjectReference = Static<typeof BoundObjectReference>

export const UserInfo = message('UserInfo', 'User info.', {
  username: string(1, { doc: 'The name of the user.' }),
  uid: string(2, { doc: 'Unique over all time and space; set by the server.' }),
  groups: list(3, 'string', { list: 'atomic', doc: 'The groups of the user.' }),
  extra: map(4, 'strings', { doc: 'What else is known of the user.' }),
})
export type UserInfo = Static<typeof UserInfo>

export const SelfSubjectReviewStatus = message('SelfSubjectReviewStatus', 'What is known of the self subject review.', {
  userInfo: embed(1, UserInfo, { doc: 'Who it is.' }),
})
export type SelfSubjectReviewStatus = Static<typeof SelfSubjectReviewStatus>

export const SelfSubjectReview = object('SelfSubjectReview', 'Asks who one is.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  status: embed(2, SelfSubjectReviewStatus, { doc: 'What is known.' }),
})
export type SelfSubjectReview = Static<typeof SelfSubjectReview>

export const TokenRequestSpec = message('TokenRequestSpec', 'What is wanted of the token request.', {
  audiences: list(1, 'string', { always: true, list: 'atomic', doc: 'For whom the token is meant.' }),
  expirationSeconds: int64(4, { always: true, pointer: true, default: 3600, doc: 'How long it is good, in seconds.' }),
  boundObjectRef: ref(3, BoundObjectReference, {
    always: true,
    doc: 'The object without which the token is worth nothing.',
  }),
})
export type TokenRequestSpec = Static<typeof TokenRequestSpec>

export const TokenRequestStatus = message('TokenRequestStatus', 'What is known of the token request.', {
  token: string(1, { always: true, doc: 'The token.' }),
  expirationTimestamp: time(2, { always: true, doc: 'When it ends.' }),
})
export type TokenRequestStatus = Static<typeof TokenRequestStatus>

export const TokenRequest = object('TokenRequest', 'Asks for a token of a ServiceAccount.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, TokenRequestSpec, { always: true, doc: 'What is wanted.' }),
  status: embed(3, TokenRequestStatus, { doc: 'What is known.' }),
})
export type TokenRequest = Static<typeof TokenRequest>

export const TokenReviewSpec = message('TokenReviewSpec', 'What is wanted of the token review.', {
  token: string(1, { required: true, omitempty: true, doc: 'The token.' }),
  audiences: list(2, 'string', { list: 'atomic', doc: 'For whom the token is meant.' }),
})
export type TokenReviewSpec = Static<typeof TokenReviewSpec>

export const TokenReviewStatus = message('TokenReviewStatus', 'What is known of the token review.', {
  authenticated: bool(1, { doc: 'Whether the token is good.' }),
  user: embed(2, UserInfo, { doc: 'Who it is.' }),
  audiences: list(4, 'string', { list: 'atomic', doc: 'For whom the token is meant.' }),
  error: string(3, { doc: 'What went wrong.' }),
})
export type TokenReviewStatus = Static<typeof TokenReviewStatus>

export const TokenReview = object('TokenReview', 'Asks whose token this is.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, TokenReviewSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, TokenReviewStatus, { doc: 'What is known.' }),
})
export type TokenReview = Static<typeof TokenReview>
