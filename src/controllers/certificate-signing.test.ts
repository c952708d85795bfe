import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { CertificateSigningRequests } from '../api/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest } from '../api/certificates/v1.ts'
import { Nodes } from '../api/core/node.ts'
import type { Client } from '../client/client.ts'
import { createRequest } from '../lib/pki.ts'
import { startSigning } from './certificate-signing/signing.test-helper.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

interface Asked {
  readonly signer: string
  readonly usage: 'client auth' | 'server auth'
  readonly names?: readonly string[]
  readonly commonName?: string
  readonly expirationSeconds?: number
}

async function ask(client: Client, { signer, usage, names = [], commonName, ...more }: Asked): Promise<string> {
  const subject = { commonName: commonName ?? 'system:node:node-1', organizations: ['system:nodes'], names }
  const { csr } = await createRequest(subject)
  const { metadata } = await client.create(CertificateSigningRequests, {
    metadata: { generateName: 'x-' },
    spec: {
      request: Buffer.from(csr).toString('base64'),
      signerName: `kubernetes.io/${signer}`,
      usages: ['digital signature', usage],
      ...more,
    },
  })
  return metadata.name!
}

const conditions = ({ status }: CertificateSigningRequest): string[] =>
  (status.conditions ?? []).map(({ type }) => type)
const issued = ({ status }: CertificateSigningRequest): boolean => (status.certificate ?? '') !== ''
const certificateOf = ({ status }: CertificateSigningRequest): X509Certificate =>
  new X509Certificate(Buffer.from(status.certificate!, 'base64'))

const CLIENT = { signer: 'kube-apiserver-client-kubelet', usage: 'client auth' } as const
const SERVING = { signer: 'kubelet-serving', usage: 'server auth' } as const

describe('certificateSigningController', () => {
  it('gives a node another certificate in its own name', async (t) => {
    const { as, until, authority } = await startSigning(t)
    const request = await until(await ask(as('node-1'), CLIENT), issued)
    const certificate = certificateOf(request)
    assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey))
    assert.equal(certificate.subject, 'O=system:nodes\nCN=system:node:node-1')
    assert.equal(request.status.conditions![0]!.reason, 'AutoApproved')
  })

  it('makes it as short as the node asks for', async (t) => {
    const { as, until, clock } = await startSigning(t)
    const name = await ask(as('node-1'), { ...CLIENT, expirationSeconds: 600 })
    assert.equal(certificateOf(await until(name, issued)).validToDate.getTime(), clock.now() + 600_000)
  })

  it('approves a serving certificate only for the addresses that the node has', async (t) => {
    const { as, until, settle, get, decisions } = await startSigning(t)
    const own = await ask(as('node-1'), { ...SERVING, names: ['node-1', '10.0.0.5'] })
    const certificate = certificateOf(await until(own, issued))
    assert.equal(certificate.subjectAltName, 'DNS:node-1, IP Address:10.0.0.5')
    const strange = await ask(as('node-1'), { ...SERVING, names: ['node-1', 'kubernetes.default'] })
    await settle()
    assert.deepEqual(conditions(await get(strange)), [])
    assert.equal(decisions.at(-1)?.reason, 'NotItsAddress')
  })

  it('looks again when the node has got the address', async (t) => {
    const { as, until, settle, admin } = await startSigning(t)
    const name = await ask(as('node-1'), { ...SERVING, names: ['10.0.0.6'] })
    await settle()
    const status = { addresses: [{ type: 'InternalIP', address: '10.0.0.6' }] }
    await admin.patch(Nodes, { name: 'node-1' }, { status }, { type: 'merge', subresource: 'status' })
    await until(name, issued)
  })

  it('approves nothing for somebody else', async (t) => {
    const { joining, settle, get, decisions } = await startSigning(t)
    const names = [await ask(joining, CLIENT), await ask(joining, { ...SERVING, names: ['node-1'] })]
    await settle()
    for (const name of names) assert.deepEqual(conditions(await get(name)), [])
    assert.deepEqual(decisions.map(({ reason }) => reason).toSorted(), ['MayNotAsk', 'NotApproved'])
  })

  it('approves for others what somebody may ask for others', async (t) => {
    const { admin, until } = await startSigning(t)
    const name = await ask(admin, { ...CLIENT, commonName: 'system:node:node-2' })
    assert.match((await until(name, issued)).status.conditions![0]!.message!, /^Auto approving kubelet client/)
  })

  it('signs for users what an administrator has approved, and says why when it cannot', async (t) => {
    const { admin, settle, get, until } = await startSigning(t)
    const user = { signer: 'kube-apiserver-client', commonName: 'jane' }
    const good = await ask(admin, { ...user, usage: 'client auth' })
    const bad = await ask(admin, { ...user, usage: 'server auth' })
    await settle()
    for (const name of [good, bad]) {
      assert.deepEqual(conditions(await get(name)), [])
      const approved = [{ type: 'Approved', status: 'True', reason: 'x', message: '' }]
      const patch = { status: { conditions: approved } }
      await admin.patch(CertificateSigningRequests, { name }, patch, { type: 'merge', subresource: 'approval' })
    }
    assert.match(certificateOf(await until(good, issued)).subject, /CN=jane/)
    const failed = await until(bad, (request) => conditions(request).includes('Failed'))
    assert.match(failed.status.conditions!.at(-1)!.message!, /server auth/)
  })

  it('forgets requests: an hour after they have been decided, a day after nobody did', async (t) => {
    const { as, admin, until, clock, settle } = await startSigning(t)
    await until(await ask(as('node-1'), CLIENT), issued)
    const pending = await ask(admin, { signer: 'kube-apiserver-client', usage: 'client auth' })
    await settle()
    const left = async (): Promise<string[]> => {
      const { items } = await admin.list(CertificateSigningRequests)
      return items.map(({ metadata }) => metadata.name!)
    }
    await clock.advance(2 * HOUR_MS, settle)
    assert.deepEqual(await left(), [pending])
    await clock.advance(DAY_MS, settle)
    assert.deepEqual(await left(), [])
  })
})
