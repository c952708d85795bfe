import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Elements } from './elements.ts'
import { staleFlows } from './flows.ts'

function kernel(protocol: string, verdict: string, targets: readonly string[]): Elements {
  return new Map([
    ['frontends', new Map([[`10.96.0.10 . ${protocol} . 53`, '1']])],
    ['pools', new Map([['1', verdict]])],
    ['udp_targets', new Map(targets.map((target, index) => [`1 . ${index}`, target]))],
  ])
}

describe('staleFlows', () => {
  it('forgets what was sent to a target that left', () => {
    const before = kernel('udp', 'goto spread-udp-2', ['10.244.0.1 . 5353', '10.244.0.2 . 5353'])
    const now = kernel('udp', 'goto spread-udp-1', ['10.244.0.2 . 5353'])
    assert.deepEqual(staleFlows(before, now), { arrived: [], gone: [{ address: '10.244.0.1', port: '5353' }] })
  })

  it('forgets what led nowhere when the first endpoint comes', () => {
    const before = kernel('udp', 'goto refuse', [])
    const now = kernel('udp', 'goto spread-udp-1', ['10.244.0.2 . 5353'])
    assert.deepEqual(staleFlows(before, now), { arrived: [{ address: '10.96.0.10', port: '53' }], gone: [] })
    assert.equal(staleFlows(new Map(), now).arrived.length, 1)
    assert.equal(staleFlows(new Map(), before).arrived.length, 0)
  })

  it('leaves connections of TCP alone', () => {
    const before = kernel('tcp', 'goto spread-udp-1', ['10.244.0.1 . 5353'])
    assert.deepEqual(staleFlows(before, new Map()), { arrived: [], gone: [] })
  })
})
