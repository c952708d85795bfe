import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startSigning } from '../controllers/certificate-signing/signing.test-helper.ts'
import { KeptPair } from '../lib/kept-pair.ts'
import { silentLogger } from '../lib/log.ts'
import { expiryOf, issueCertificate } from '../lib/pki.ts'
import { keepNodeCertificates } from './certificates.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

describe('keepNodeCertificates', () => {
  it('has the cluster issue a client and a server certificate before the first one ends', async (t) => {
    const { as, authority, clock, settle } = await startSigning(t)
    const first = await issueCertificate(authority, {
      commonName: 'system:node:node-1',
      organizations: ['system:nodes'],
      names: ['node-1', '10.0.0.5'],
      usages: ['client', 'server'],
      days: 1 / 24,
      now: clock.now(),
    })
    const folder = mkdtempSync(join(tmpdir(), 'node-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const made = { certificate: join(folder, 'agent.crt'), key: join(folder, 'agent.key') }
    writeFileSync(made.certificate, first.certificate)
    writeFileSync(made.key, first.key)
    const renewed: string[] = []
    const keptPair = (name: string): KeptPair => {
      const pair = new KeptPair({ authority: authority.certificate, made, renewed: join(folder, `${name}.pem`) })
      pair.onChange(() => renewed.push(name))
      return pair
    }
    const [asClient, asServer] = [keptPair('client'), keptPair('server')]
    const stop = new AbortController()
    const ended = keepNodeCertificates({
      client: as('node-1'),
      clock,
      random: () => 0,
      log: silentLogger,
      signal: stop.signal,
      nodeName: 'node-1',
      names: ['node-1', '10.0.0.5'],
      asClient,
      asServer,
    })
    await clock.advance(35 * MINUTE_MS, settle)
    assert.deepEqual(renewed, [])
    await clock.advance(10 * MINUTE_MS, settle)
    // Keys and signatures take real time.
    while (renewed.length < 2) await settle()
    assert.deepEqual(renewed.toSorted(), ['client', 'server'])
    for (const pair of [asClient.current(), asServer.current()]) {
      const certificate = new X509Certificate(pair.certificate)
      assert.ok(certificate.checkPrivateKey(createPrivateKey(pair.key)))
      assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey))
      assert.equal(certificate.subject, 'O=system:nodes\nCN=system:node:node-1')
      assert.ok(expiryOf(pair.certificate) > clock.now() + 89 * DAY_MS)
    }
    assert.equal(new X509Certificate(asServer.current().certificate).checkIP('10.0.0.5'), '10.0.0.5')
    stop.abort()
    await ended
  })
})
