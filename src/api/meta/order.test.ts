import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pods } from '../core/pod.ts'
import { decodeObject } from './decode.ts'
import { applyDefaults } from './defaults.ts'
import { inTableOrder } from './order.ts'

describe('inTableOrder', () => {
  it('gives equal objects equal bytes, in whatever order their fields were set', () => {
    const { object } = decodeObject(Pods.message, {
      kind: 'Pod',
      apiVersion: 'v1',
      spec: { containers: [{ name: 'a', image: 'b', ports: [{ name: 'http', containerPort: 80, hostIP: '::' }] }] },
    })
    applyDefaults(Pods.message, object)
    Pods.defaults?.(object)
    const text = JSON.stringify(inTableOrder(Pods.message, object))
    const again = decodeObject(Pods.message, JSON.parse(text)).object
    assert.equal(JSON.stringify(again), text)
    assert.notEqual(JSON.stringify(object), text)
    assert.deepEqual(again, object)
  })

  it('keeps what is in order already', () => {
    const { object } = decodeObject(Pods.message, { metadata: { labels: { b: '1', a: '2' } } })
    assert.equal(inTableOrder(Pods.message, object), object)
  })
})
