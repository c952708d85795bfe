import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeObject } from '../meta/decode.ts'
import { fromCoreEvent, toCoreEvent } from './event-conversion.ts'
import { Event } from './v1.ts'

describe('events of both groups', () => {
  it('are one thing in different words', () => {
    const { object } = decodeObject(Event, {
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      metadata: { name: 'a' },
      eventTime: '2024-01-01T00:00:00.000001Z',
      series: { count: 2, lastObservedTime: '2024-01-01T00:00:01.000000Z' },
      reportingController: 'c',
      reportingInstance: 'i',
      action: 'Bind',
      reason: 'Bound',
      regarding: { kind: 'Pod', name: 'p' },
      note: 'done',
      type: 'Normal',
      deprecatedCount: 3,
    })
    const core = toCoreEvent(object)
    assert.equal(core.apiVersion, 'v1')
    assert.deepEqual(
      [core.involvedObject, core.message, core.reportingComponent, core.count],
      [{ kind: 'Pod', name: 'p' }, 'done', 'c', 3],
    )
    assert.deepEqual(fromCoreEvent(core), object)
  })
})
