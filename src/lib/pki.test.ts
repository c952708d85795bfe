import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { createAuthority, createRequest, expiryOf, isDue, issueCertificate, readRequest, signRequest } from './pki.ts'

const now = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000

describe('issueCertificate', () => {
  it('makes a chain that verifies, with the names and groups that were asked for', async () => {
    const authority = await createAuthority('test-ca', 100, now)
    const { certificate, key } = await issueCertificate(authority, {
      commonName: 'system:node:a',
      organizations: ['system:nodes', 'x'],
      names: ['node-a', '10.0.0.1'],
      usages: ['server', 'client'],
      days: 10,
      now,
    })
    const [ca, leaf] = [new X509Certificate(authority.certificate), new X509Certificate(certificate)]
    assert.ok(leaf.verify(ca.publicKey) && leaf.checkIssued(ca) && ca.ca && !leaf.ca)
    assert.equal(leaf.subject, 'O=system:nodes\nO=x\nCN=system:node:a')
    assert.equal(leaf.checkHost('node-a'), 'node-a')
    assert.equal(leaf.checkIP('10.0.0.1'), '10.0.0.1')
    assert.match(key, /BEGIN PRIVATE KEY/)
    assert.equal(expiryOf(certificate), now + 10 * DAY_MS)
  })

  it('never outlives its authority', async () => {
    const authority = await createAuthority('test-ca', 2, now)
    const { certificate } = await issueCertificate(authority, { commonName: 'x', usages: ['client'], days: 400, now })
    assert.equal(expiryOf(certificate), expiryOf(authority.certificate))
  })
})

describe('signRequest', () => {
  it('puts in what the caller decided, not what the request asks for', async () => {
    const authority = await createAuthority('test-ca', 100, now)
    const { csr } = await createRequest({ commonName: 'root', organizations: ['system:masters'], names: ['evil'] })
    assert.deepEqual(await readRequest(csr), { commonName: 'root', organizations: ['system:masters'], names: ['evil'] })
    const certificate = new X509Certificate(
      await signRequest(authority, csr, { commonName: 'humble', usages: ['client'], days: 1, now }),
    )
    assert.equal(certificate.subject, 'CN=humble')
    assert.equal(certificate.subjectAltName, undefined)
  })

  it('refuses what is no request', async () => {
    await assert.rejects(readRequest('hello'), { code: 'invalid' })
  })
})

describe('isDue', () => {
  it('asks for a renewal after two thirds of the life', async () => {
    const authority = await createAuthority('test-ca', 9, now)
    assert.equal(isDue(authority.certificate, now + 5 * DAY_MS), false)
    assert.equal(isDue(authority.certificate, now + 7 * DAY_MS), true)
  })
})
