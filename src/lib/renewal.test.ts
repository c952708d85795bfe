import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from './clock.ts'
import { silentLogger } from './log.ts'
import type { KeyPair } from './pki.ts'
import { createAuthority, issueCertificate } from './pki.ts'
import { keepRenewed } from './renewal.ts'

const DAY_MS = 86_400_000

describe('keepRenewed', () => {
  it('renews after two thirds of the life, a little later for some, and again when that fails', async () => {
    const clock = new VirtualClock()
    const began = clock.now()
    const authority = await createAuthority('test', 1000, began)
    // Made beforehand, so that nothing here takes real time.
    const made: KeyPair[] = []
    for (const days of [0, 61, 122]) {
      const now = began + days * DAY_MS
      made.push(await issueCertificate(authority, { commonName: 'x', usages: ['client'], days: 90, now }))
    }
    const stop = new AbortController()
    const attempts: number[] = []
    let used = 0
    const ended = keepRenewed({
      what: 'x',
      certificate: () => made[used]!.certificate,
      async renew() {
        attempts.push((clock.now() - began) / DAY_MS)
        if (attempts.length % 3 !== 0) throw new Error('not now')
        used++
      },
      clock,
      random: () => 0.5,
      log: silentLogger,
      signal: stop.signal,
    })
    await clock.advance(61 * DAY_MS)
    assert.equal(attempts.length, 0)
    await clock.advance(DAY_MS)
    assert.equal(attempts.length, 3)
    assert.ok(attempts[0]! > 61 && attempts[2]! < 62, attempts.join(' '))
    await clock.advance(62 * DAY_MS)
    assert.equal(attempts.length, 6)
    stop.abort()
    await ended
  })

  it('does not ask without a pause when what it gets is due at once', async () => {
    const clock = new VirtualClock()
    const now = clock.now() - 80 * DAY_MS
    const { certificate } = await createAuthority('test', 90, now)
    const stop = new AbortController()
    let count = 0
    const ended = keepRenewed({
      what: 'x',
      certificate: () => certificate,
      renew: async () => void count++,
      clock,
      random: () => 0,
      log: silentLogger,
      signal: stop.signal,
    })
    await clock.advance(3_600_000)
    assert.ok(count > 1 && count <= 61, String(count))
    stop.abort()
    await ended
  })
})
