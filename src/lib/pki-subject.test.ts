import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { createAuthority, issueCertificate } from './pki.ts'
import { readSubject } from './pki-subject.ts'

const now = Date.UTC(2026, 5, 1)

async function derOf(commonName: string, organizations: string[], days = 10): Promise<Buffer> {
  const authority = await createAuthority('test-ca', 36_500, now)
  const { certificate } = await issueCertificate(authority, {
    commonName,
    organizations,
    usages: ['client'],
    days,
    now,
  })
  return new X509Certificate(certificate).raw
}

describe('readSubject', () => {
  it('reads names and validity', async () => {
    const der = await derOf('system:node:a', ['system:nodes', 'Zoë'])
    const parsed = new X509Certificate(der)
    assert.deepEqual(readSubject(der), {
      commonName: 'system:node:a',
      organizations: ['system:nodes', 'Zoë'],
      notBeforeMs: parsed.validFromDate.getTime(),
      notAfterMs: parsed.validToDate.getTime(),
    })
  })

  it('reads years that need four digits', async () => {
    const der = await derOf('x', [], 36_000)
    assert.equal(readSubject(der).notAfterMs, new X509Certificate(der).validToDate.getTime())
    assert.ok(new Date(readSubject(der).notAfterMs).getUTCFullYear() > 2050)
  })

  it('takes a name for a name, whatever stands in it', async () => {
    const hostile = 'x\nO=system:masters,CN=root+O=y'
    assert.deepEqual(readSubject(await derOf(hostile, [])).organizations, [])
    assert.equal(readSubject(await derOf(hostile, [])).commonName, hostile)
  })

  it('refuses what is no certificate, and never reads beyond it', async () => {
    const der = await derOf('x', [])
    for (const bad of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      der.subarray(0, 100),
      Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    ]) {
      assert.throws(() => readSubject(bad), { code: 'unauthenticated' })
    }
  })
})
