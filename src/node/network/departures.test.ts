import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { departures } from './departures.ts'
import { makeSlice } from './services/make.test-helper.ts'

function left(before: readonly string[] | undefined, now: readonly string[] | undefined): readonly string[] {
  const slice = (endpoints: readonly string[] | undefined) => endpoints && makeSlice('web', endpoints)
  return departures(slice(before), slice(now)).map(({ address, nodeName }) => `${address}@${nodeName}`)
}

describe('departures', () => {
  it('are endpoints that terminate, are not ready any more, or are not there any more', () => {
    assert.deepEqual(left(['10.0.0.1@a', '10.0.0.2@b'], ['10.0.0.1@a~', '10.0.0.2@b']), ['10.0.0.1@a'])
    assert.deepEqual(left(['10.0.0.1@a', '10.0.0.2@b'], ['10.0.0.1@a', '10.0.0.2@b!']), ['10.0.0.2@b'])
    assert.deepEqual(left(['10.0.0.1@a', '10.0.0.2@b'], ['10.0.0.2@b']), ['10.0.0.1@a'])
    assert.deepEqual(left(['10.0.0.1@a'], undefined), ['10.0.0.1@a'])
  })

  it('are not those that took no connections before', () => {
    assert.deepEqual(left(undefined, ['10.0.0.1@a']), [])
    assert.deepEqual(left(['10.0.0.1@a!', '10.0.0.2@a~'], []), [])
    assert.deepEqual(left(['10.0.0.1@a'], ['10.0.0.1@a', '10.0.0.2@a']), [])
  })
})
