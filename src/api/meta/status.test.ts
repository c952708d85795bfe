import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WherryError } from '../../lib/errors.ts'
import { errorFromStatus, statusOf } from './status.ts'

describe('statusOf', () => {
  it('says what Kubernetes says about an object that is not there', () => {
    const error = new WherryError('not-found', 'pods "web" not found', { details: { name: 'web', kind: 'pods' } })
    assert.deepEqual(JSON.parse(JSON.stringify(statusOf(error))), {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'pods "web" not found',
      reason: 'NotFound',
      details: { name: 'web', kind: 'pods' },
      code: 404,
    })
  })

  it('keeps what went wrong inside to itself', () => {
    const status = statusOf(new Error('password is hunter2'))
    assert.equal(status.code, 500)
    assert.doesNotMatch(JSON.stringify(status), /hunter2/)
  })

  it('appends the hint', () => {
    assert.equal(statusOf(new WherryError('invalid', 'too small', { hint: 'try 2' })).message, 'too small (try 2)')
  })
})

describe('errorFromStatus', () => {
  it('is the inverse of statusOf', () => {
    for (const code of ['conflict', 'already-exists', 'expired', 'gone', 'unavailable'] as const) {
      const error = errorFromStatus(statusOf(new WherryError(code, 'm', { details: { name: 'n' } })))
      assert.equal(error.code, code)
      assert.equal(error.details?.name, 'n')
    }
  })

  it('takes the HTTP status where there is no reason', () => {
    assert.equal(errorFromStatus({ message: 'm' }, 409).code, 'conflict')
    assert.equal(errorFromStatus({ message: 'm' }, 410).code, 'gone')
    assert.equal(errorFromStatus({ message: 'm' }, 418).code, 'bad-request')
    assert.equal(errorFromStatus({ message: 'm' }, 502).code, 'internal')
  })
})
