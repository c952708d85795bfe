import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRequest } from './pki.ts'
import { readSigningRequest } from './pki-request.ts'

/** Made with OpenSSL: keys of RSA and Ed25519. */
const RSA = `-----BEGIN CERTIFICATE REQUEST-----
MIIBWTCBwwIBADAaMQowCAYDVQQKDAFhMQwwCgYDVQQDDANyc2EwgZ8wDQYJKoZI
hvcNAQEBBQADgY0AMIGJAoGBAO6aRlemMd/QQxoofYUCdhLzbqUg+aVlv9V7RCmE
QJQxYkwM6iVf0bBw2gugeWwSNITdtQ4hRTxF8dW5aJXJYo+PBXMmkErNNn3ZEAli
jKWL2Xm7fDVZlgjrq5QBZrC1kgcjZo1VRqi50nj16bfEsDgYGY2+jiZY5K6nQziM
py+xAgMBAAGgADANBgkqhkiG9w0BAQsFAAOBgQB3308edyhvty3k/0OYfb2ZJIo9
0Op/F87lA/WwjphjM1jJa+cte4iqamwnMCXhx7YQKbExApMlKa2hvgaOIQaXcsGp
nMvhRLADNq+/pZhVm+kapMeLnF3AGVvksp+I9NdCV3KUHGzLL8A5UwOGK3u/m+P7
g8e4//DHY4MZxwJ3jA==
-----END CERTIFICATE REQUEST-----
`
const ED25519 = `-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCZWQwKjAFBgMrZXADIQC4v0vokNRXj9a/A4WD
crFRCkpEmIlRCBiXdQ215/2xxaAAMAUGAytlcANBAOJZHgr01zOis0OJ1jnFLR53
ADWH0e9zZa5kjKGDPSFQL6VDDGodwiqpBOAm+de1lXQ2dfeV0yYfQ77p/rIdtQ8=
-----END CERTIFICATE REQUEST-----
`

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
