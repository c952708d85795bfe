import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { layoutOf } from '../cli/machine/cluster-file.ts'
import { credentialFiles, ensureCredentials } from '../cli/machine/credentials.ts'
import { planCluster } from '../cli/machine/plan.ts'
import { flushPromises, VirtualClock } from '../lib/clock.ts'
import { silentLogger } from '../lib/log.ts'
import { expiryOf } from '../lib/pki.ts'
import { frontAuthority, keepServerCertificates, serverPairs } from './server-certificates.ts'

const DAY_MS = 86_400_000

describe('keepServerCertificates', () => {
  it('signs the next ones in time, again and again, and finds them after a restart', async (t) => {
    const layout = layoutOf(mkdtempSync(join(tmpdir(), 'server-')))
    t.after(() => rmSync(layout.root, { recursive: true }))
    mkdirSync(layout.server)
    const clock = new VirtualClock()
    const wish = { name: 'test', nodes: undefined, apiPort: 6443, httpPort: undefined, httpsPort: undefined }
    const machine = { slot: 0, address: '10.1.2.3', hostname: 'test', systemd: false, now: '' }
    const cluster = planCluster(wish, machine)
    await ensureCredentials(layout, cluster, clock.now())
    const files = credentialFiles(layout)
    const read = (path: string): string => readFileSync(path, 'utf8')
    const authority = { certificate: read(files.authority.certificate), key: read(files.authority.key) }
    const front = frontAuthority(files)!
    assert.notEqual(front.certificate, authority.certificate)
    const pairs = serverPairs(files, authority.certificate, front.certificate)
    const names = new X509Certificate(pairs.server.current().certificate).subjectAltName
    const changed: number[] = []
    for (const pair of [pairs.server, pairs.client, pairs.front!]) pair.onChange(() => changed.push(clock.now()))
    const stop = new AbortController()
    const parts = { cluster, authority, frontAuthority: front, clock }
    const options = { ...parts, random: () => 0.5, log: silentLogger, signal: stop.signal }
    const ended = keepServerCertificates(pairs, options)

    for (const [days, count] of [
      [59, 0],
      [5, 3],
      [55, 3],
      [10, 6],
    ] as const) {
      await clock.advance(days * DAY_MS)
      // Keys and signatures take real time.
      while (changed.length < count) await flushPromises()
      assert.equal(changed.length, count)
    }
    stop.abort()
    await ended
    const again = serverPairs(files, authority.certificate, front.certificate)
    for (const pair of [again.server, again.client, again.front!]) {
      assert.ok(expiryOf(pair.current().certificate) > clock.now() + 60 * DAY_MS)
    }
    const shown = new X509Certificate(again.server.current().certificate)
    assert.equal(shown.subjectAltName, names)
    assert.match(new X509Certificate(again.client.current().certificate).subject, /CN=wherry:server/)
    const word = new X509Certificate(again.front!.current().certificate)
    assert.match(word.subject, /CN=front-proxy-client/)
    assert.ok(word.verify(new X509Certificate(front.certificate).publicKey))
    rmSync(files.frontProxyAuthority.key)
    assert.equal(frontAuthority(files), undefined, 'a directory of before there was one')
  })
})
