import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Client } from '../../client/client.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import { silentLogger } from '../../lib/log.ts'
import { makePod } from './make.test-helper.ts'
import { statusPatch, StatusWriter } from './status-writer.ts'

const ready = (status: string, lastTransitionTime = 't') => ({ type: 'Ready', status, lastTransitionTime })

describe('statusPatch', () => {
  it('has what differs and nothing else', () => {
    assert.equal(
      statusPatch({ phase: 'Running', conditions: [ready('True')] }, { phase: 'Running', conditions: [ready('True')] }),
      undefined,
    )
    assert.deepEqual(statusPatch({ phase: 'Pending', hostIP: 'a' }, { phase: 'Running', hostIP: 'a' }), {
      phase: 'Running',
    })
  })

  it('changes its own conditions only, and takes words away that no longer hold', () => {
    const others = { type: 'example.com/x', status: 'True' }
    const patch = statusPatch(
      { conditions: [others, { ...ready('False'), reason: 'R' }, { type: 'PodResizePending', status: 'True' }] },
      { conditions: [ready('True')] },
    )
    assert.deepEqual(patch, {
      conditions: [
        { reason: null, message: null, ...ready('True') },
        { type: 'PodResizePending', $patch: 'delete' },
      ],
    })
  })

  it('removes what is not said any more, and replaces addresses as a whole', () => {
    assert.deepEqual(statusPatch({ reason: 'x', podIPs: [{ ip: 'a' }] }, { podIPs: [{ ip: 'b' }] }), {
      podIPs: [{ ip: 'b' }, { $patch: 'replace' }],
      reason: null,
    })
  })
})

describe('StatusWriter', () => {
  const writer = (patch: (body: any) => Promise<unknown>, clock = new VirtualClock()) =>
    new StatusWriter({
      client: {
        patch: (_kind: unknown, _ref: unknown, body: unknown) => patch(body),
        get: () => Promise.resolve(makePod()),
      } as unknown as Client,
      clock,
      random: () => 0.5,
      log: silentLogger,
      signal: new AbortController().signal,
    })

  it('writes one at a time, and what came meanwhile in one more', async () => {
    const bodies: any[] = []
    const release: (() => void)[] = []
    const status = writer((body) => {
      bodies.push(body)
      return new Promise<void>((resolve) => release.push(resolve))
    })
    const pod = makePod()
    status.set(pod, { phase: 'Pending' })
    status.set(pod, { phase: 'Running' })
    status.set(pod, { phase: 'Failed' })
    assert.equal(bodies.length, 1)
    release[0]!()
    await new Promise(setImmediate)
    release[1]!()
    await status.written('u-1')
    assert.deepEqual(
      bodies.map((body) => body.status.phase),
      ['Pending', 'Failed'],
    )
    assert.deepEqual(bodies[0].metadata, { uid: 'u-1' })
  })

  it('tries again until the API has it', async () => {
    const clock = new VirtualClock()
    let attempts = 0
    const status = writer(
      () => (++attempts < 3 ? Promise.reject(new WherryError('unavailable', 'down')) : Promise.resolve()),
      clock,
    )
    status.set(makePod(), { phase: 'Running' })
    await clock.advance(10_000)
    await status.written('u-1')
    assert.equal(attempts, 3)
  })

  it('puts off what can wait until something comes that cannot', async () => {
    const clock = new VirtualClock()
    const bodies: any[] = []
    const status = writer((body) => Promise.resolve(bodies.push(body)), clock)
    status.set(makePod(), { phase: 'Pending' }, 300)
    await clock.advance(200)
    assert.equal(bodies.length, 0)
    status.set(makePod(), { phase: 'Running' })
    await status.written('u-1')
    status.set(makePod(), { phase: 'Running', reason: 'x' }, 300)
    await clock.advance(300)
    await status.written('u-1')
    assert.deepEqual(
      bodies.map((body) => body.status),
      [{ phase: 'Running' }, { reason: 'x' }],
    )
  })

  it('gives up a pod that is gone', async () => {
    let attempts = 0
    const status = writer(() => Promise.reject(new WherryError(++attempts > 0 ? 'not-found' : 'internal', 'gone')))
    status.set(makePod(), { phase: 'Running' })
    await status.written('u-1')
    assert.equal(attempts, 1)
  })
})
