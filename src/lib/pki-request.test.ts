import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRequest } from './pki.ts'
import { ED25519, RSA } from './pki-request.test-helper.ts'
import { readSigningRequest } from './pki-request.ts'

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`

describe('readSigningRequest', () => {
  it('reads who it is for', async () => {
    const { csr } = await createRequest({ commonName: 'jane', organizations: ['dev', 'ops'], names: ['jane.test'] })
    assert.deepEqual(readSigningRequest(csr), { commonName: 'jane', organizations: ['dev', 'ops'] })
  })

  it('knows the signatures that others make', () => {
    assert.deepEqual(readSigningRequest(RSA), { commonName: 'rsa', organizations: ['a'] })
    assert.deepEqual(readSigningRequest(ED25519), { commonName: 'ed', organizations: [] })
  })

  it('refuses a name that was not signed', async () => {
    const { csr } = await createRequest({ commonName: 'jane' })
    const forged = derOf(csr)
    forged.write('root', forged.indexOf('jane'))
    assert.throws(() => readSigningRequest(pemOf(forged)), { code: 'invalid', message: /not signed by its own key/ })
  })

  it('refuses what is no request', async () => {
    const { csr } = await createRequest({ commonName: 'jane' })
    const broken = derOf(csr).subarray(0, -1)
    const other = csr.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')
    for (const text of ['', 'hello', pemOf(broken), pemOf(Buffer.from('300030', 'hex'))]) {
      assert.throws(() => readSigningRequest(text), { code: 'invalid' })
    }
    assert.throws(() => readSigningRequest(other), { message: 'PEM block type must be CERTIFICATE REQUEST' })
  })
})
