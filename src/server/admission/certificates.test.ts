import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { VirtualClock } from '../../lib/clock.ts'
import { createAuthority, createRequest, signRequest } from '../../lib/pki.ts'
import type { Authorizer } from '../authz/permit.ts'
import type { TestServer } from '../server.test-helper.ts'
import { startTestServer } from '../server.test-helper.ts'
import {
  certificateApproval,
  certificateRequestor,
  certificateSigning,
  certificateSubjectRestriction,
} from './certificates.ts'

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const merge = { 'content-type': 'application/merge-patch+json' }
const approved = { type: 'Approved', status: 'True', reason: 'Known' }

/** Lets those through who may do `verb signer`. */
const onlyFor =
  (...rights: readonly string[]): Authorizer =>
  (_, question) => ({
    decision: question.resource && rights.includes(`${question.verb} ${question.name}`) ? 'allow' : 'no-opinion',
    reason: '',
  })

async function start(...rights: readonly string[]): Promise<TestServer> {
  const authorizer = onlyFor(...rights)
  return startTestServer({
    admission: [
      certificateRequestor(new VirtualClock()),
      certificateApproval(authorizer),
      certificateSigning(authorizer),
      certificateSubjectRestriction(),
    ],
  })
}

describe('requests for certificates', () => {
  let csr: string
  let certificate: string
  before(async () => {
    csr = (await createRequest({ commonName: 'jane', organizations: ['dev'] })).csr
    const now = Date.UTC(2026, 0, 1)
    const pem = await signRequest(await createAuthority('ca', 10, now), csr, {
      commonName: 'jane',
      usages: ['client'],
      days: 1,
      now,
    })
    certificate = Buffer.from(pem).toString('base64')
  })

  const made = (more: object = {}): object => ({
    metadata: { name: 'jane' },
    spec: {
      request: Buffer.from(csr).toString('base64'),
      signerName: 'example.com/people',
      usages: ['client auth'],
      ...more,
    },
  })

  it('say who asked, whatever they say themselves', async () => {
    const { send } = await start()
    const lie = { username: 'root', groups: ['system:masters'], uid: '1', extra: { a: ['b'] } }
    const { json } = await send(`POST ${REQUESTS}`, made(lie))
    const { username, groups, uid, extra } = json.spec
    assert.deepEqual(
      { username, groups, uid, extra },
      { username: 'admin', groups: ['system:masters', 'system:authenticated'], uid: undefined, extra: undefined },
    )
    const changed = await send(`PATCH ${REQUESTS}/jane`, { spec: { username: 'root' } }, merge)
    assert.equal(changed.json.spec.username, 'admin')
  })

  it('are approved by those who may do so for the signer, or for all of its domain', async () => {
    const approve = async (...rights: string[]): Promise<any> => {
      const { send } = await start(...rights)
      await send(`POST ${REQUESTS}`, made())
      return send(`PATCH ${REQUESTS}/jane/approval`, { status: { conditions: [approved] } }, merge)
    }
    assert.equal((await approve('approve example.com/people')).status, 200)
    const { status, json } = await approve('approve example.com/*')
    assert.equal(status, 200)
    assert.equal(json.status.conditions[0].lastTransitionTime, json.status.conditions[0].lastUpdateTime)
    const refused = await approve('approve other.com/*', 'sign example.com/people')
    assert.equal(refused.status, 403)
    assert.match(
      refused.json.message,
      /: user not permitted to approve requests with signerName "example.com\/people"$/,
    )
  })

  it('get their certificate from those who may sign, and no approval on the way', async () => {
    const { send } = await start('approve example.com/*', 'sign example.com/people')
    await send(`POST ${REQUESTS}`, made())
    const sneaky = await send(`PATCH ${REQUESTS}/jane/status`, { status: { conditions: [approved] } }, merge)
    assert.match(sneaky.json.message, /Forbidden: updates may not add a condition of type "Approved"/)
    const early = await send(`PATCH ${REQUESTS}/jane/approval`, { status: { certificate } }, merge)
    assert.equal(early.json.status.certificate, undefined)
    const approval = await send(`PATCH ${REQUESTS}/jane/approval`, { status: { conditions: [approved] } }, merge)
    const reworded = { ...approved, reason: 'Other' }
    const signed = await send(
      `PATCH ${REQUESTS}/jane/status`,
      { status: { certificate, conditions: [reworded, { type: 'Failed', status: 'True' }] } },
      merge,
    )
    assert.equal(signed.status, 200)
    assert.equal(signed.json.status.certificate, certificate)
    assert.deepEqual(signed.json.status.conditions[0], approval.json.status.conditions[0])
    assert.equal(signed.json.status.conditions[1].type, 'Failed')
    const other = Buffer.from('-----BEGIN X-----\nAA==\n-----END X-----\n').toString('base64')
    const replaced = await send(`PATCH ${REQUESTS}/jane/status`, { status: { certificate: other } }, merge)
    assert.match(replaced.json.message, /only CERTIFICATE PEM blocks are allowed, found \\?"X\\?"/)
    assert.match(replaced.json.message, /Forbidden: updates may not modify existing certificate content/)
  })

  it('get nothing from those who may not sign', async () => {
    const { send } = await start('approve example.com/*')
    await send(`POST ${REQUESTS}`, made())
    const { status, json } = await send(`PATCH ${REQUESTS}/jane/status`, { status: { certificate } }, merge)
    assert.equal(status, 403)
    assert.match(json.message, /: user not permitted to sign requests with signerName "example.com\/people"$/)
  })

  it('make nobody an administrator', async () => {
    const { send } = await start()
    const mighty = await createRequest({ commonName: 'jane', organizations: ['system:masters'] })
    const request = Buffer.from(mighty.csr).toString('base64')
    const asClient = { request, signerName: 'kubernetes.io/kube-apiserver-client' }
    const { status, json } = await send(`POST ${REQUESTS}`, made(asClient))
    assert.equal(status, 403)
    assert.match(
      json.message,
      /use of kubernetes.io\/kube-apiserver-client signer with system:masters group is not allow/,
    )
    assert.equal((await send(`POST ${REQUESTS}`, made({ request }))).status, 201)
  })

  it('have to prove that they hold the key', async () => {
    const { send } = await start()
    const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    der.write('root', der.indexOf('jane'))
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    const { status, json } = await send(`POST ${REQUESTS}`, made({ request: Buffer.from(forged).toString('base64') }))
    assert.equal(status, 422)
    assert.match(json.message, /the request is not signed by its own key/)
  })
})
