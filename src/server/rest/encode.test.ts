import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SelfSubjectAccessReviews } from '../../api/authorization/self-subject-access-review.ts'
import { encodeObject } from './encode.ts'

describe('encodeObject', () => {
  it('makes no table of what is only an answer', () => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: {} } as any
    const writing = { format: 'json', view: 'table', viewVersion: 'v1', pretty: false } as const
    assert.throws(
      () => encodeObject(SelfSubjectAccessReviews, review, { ...writing, includeObject: 'Metadata', now: () => 0 }),
      { code: 'not-acceptable' },
    )
  })
})
