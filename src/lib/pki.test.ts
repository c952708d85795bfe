import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { createAuthority, createRequest, expiryOf, isDue, issueCertificate, readRequest, signRequest } from './pki.ts'
import { readSigningRequest } from './pki-request.ts'
import { ED25519, RSA } from './pki-request.test-helper.ts'
import { readSubject } from './pki-subject.ts'

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

  it('takes names as they are, whatever notation they look like', async () => {
    const authority = await createAuthority('test-ca', 100, now)
    const masters = `#130e${Buffer.from('system:masters').toString('hex')}`
    const organizations = [masters, 'a\\2c', '"x"', 'ä', 'a,O=system:masters']
    const { certificate } = await issueCertificate(authority, {
      commonName: '#0c0161',
      organizations,
      usages: ['client'],
      days: 1,
      now,
    })
    const read = readSubject(new X509Certificate(certificate).raw)
    assert.deepEqual([read.commonName, read.organizations], ['#0c0161', organizations])
  })

  it('is not old when it is made, however short its life', async () => {
    const authority = await createAuthority('test-ca', 100, now)
    const short = { commonName: 'x', usages: ['client'], days: 60 / 86_400, now } as const
    assert.equal(isDue((await issueCertificate(authority, short)).certificate, now + 10_000), false)
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
    assert.deepEqual(await readRequest(csr), {
      commonName: 'root',
      organizations: ['system:masters'],
      dnsNames: ['evil'],
      addresses: [],
      otherNames: [],
    })
    const certificate = new X509Certificate(
      await signRequest(authority, csr, { commonName: 'humble', usages: ['client'], days: 1, now }),
    )
    assert.equal(certificate.subject, 'CN=humble')
    assert.equal(certificate.subjectAltName, undefined)
  })

  it('signs the keys that others make', async () => {
    const authority = await createAuthority('test-ca', 100, now)
    for (const csr of [RSA, ED25519]) {
      const decided = { commonName: 'x', usages: ['client'], days: 1, now, keyEncipherment: true } as const
      const certificate = new X509Certificate(await signRequest(authority, csr, decided))
      assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey))
      assert.equal(readSigningRequest(csr).commonName, certificate.publicKey.asymmetricKeyType!.replace('25519', ''))
    }
  })

  it('tells names of a server from others', async () => {
    const otherNames = [{ type: 'email', value: 'a@b.test' } as const]
    const { csr } = await createRequest({ commonName: 'x', names: ['a.test', '10.0.0.1'], otherNames })
    const { dnsNames, addresses, otherNames: others } = await readRequest(csr)
    assert.deepEqual([dnsNames, addresses, others], [['a.test'], ['10.0.0.1'], otherNames])
  })

  it('refuses what is no request', async () => {
    await assert.rejects(readRequest('hello'), { code: 'invalid' })
    const authority = await createAuthority('test-ca', 100, now)
    const decided = { commonName: 'x', usages: ['client'], days: 1, now } as const
    await assert.rejects(signRequest(authority, 'hello', decided), { code: 'invalid' })
  })
})

describe('isDue', () => {
  it('asks for a renewal after two thirds of the life', async () => {
    const authority = await createAuthority('test-ca', 9, now)
    assert.equal(isDue(authority.certificate, now + 5 * DAY_MS), false)
    assert.equal(isDue(authority.certificate, now + 7 * DAY_MS), true)
  })
})
