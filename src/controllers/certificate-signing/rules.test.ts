import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../api/certificates/v1.ts'
import type { Node } from '../../api/core/v1.ts'
import { formatTime } from '../../api/meta/time.ts'
import { createAuthority } from '../../lib/pki.ts'
import { daysOf, endOf, ruleOf, strangeName } from './rules.ts'

describe('ruleOf', () => {
  const node = {
    commonName: 'system:node:a',
    organizations: ['system:nodes'],
    dnsNames: [],
    addresses: [],
    otherNames: [],
  }
  const client = ['digital signature', 'client auth']
  const server = ['key encipherment', 'digital signature', 'server auth']
  const problem = (signer: string, request: object, asked: readonly string[]): string | undefined =>
    ruleOf(`kubernetes.io/${signer}`)!.problem({ ...node, ...request }, asked)
  const email = { otherNames: [{ type: 'email', value: 'a@b' }] }

  it('gives a node a certificate of a client', () => {
    const signer = 'kube-apiserver-client-kubelet'
    assert.equal(problem(signer, {}, client), undefined)
    assert.equal(problem(signer, {}, ['key encipherment', ...client]), undefined)
    assert.match(problem(signer, {}, ['client auth'])!, /usages did not match \[client auth digital signature key enc/)
    assert.match(problem(signer, {}, server)!, /usages did not match/)
    assert.match(problem(signer, { organizations: ['system:nodes', 'x'] }, client)!, /organization is not system:nodes/)
    assert.match(problem(signer, { commonName: 'a' }, client)!, /does not begin with system:node:/)
    assert.match(problem(signer, { dnsNames: ['a'] }, client)!, /DNS subjectAltNames are not allowed/)
    assert.match(problem(signer, { addresses: ['10.0.0.1'] }, client)!, /IP subjectAltNames are not allowed/)
    assert.match(problem(signer, email, client)!, /Email subjectAltNames are not allowed/)
  })

  it('gives a node a certificate of a server', () => {
    const signer = 'kubelet-serving'
    assert.equal(problem(signer, { dnsNames: ['a'] }, server), undefined)
    assert.match(problem(signer, {}, server)!, /DNS or IP subjectAltName is required/)
    assert.match(problem(signer, { dnsNames: ['a'], ...email }, server)!, /Email/)
    assert.match(problem(signer, { dnsNames: ['a'] }, client)!, /usages did not match/)
  })

  it('gives users certificates of a client', () => {
    const signer = 'kube-apiserver-client'
    assert.equal(problem(signer, { commonName: 'jane', organizations: [] }, ['client auth']), undefined)
    assert.match(
      problem(signer, {}, [...client, 'code signing'])!,
      /invalid usage for client certificate: code signing/,
    )
    assert.match(
      problem(signer, {}, ['digital signature'])!,
      /missing required usage for client certificate: client auth/,
    )
  })

  it('leaves the signers of others alone', () => {
    assert.equal(ruleOf('example.com/signer'), undefined)
    assert.equal(ruleOf('toString'), undefined)
  })
})

describe('strangeName', () => {
  const node = (name: string, ...addresses: string[]): Node =>
    ({
      metadata: { name },
      status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
    }) as Node
  const nodes = [
    node('a', '10.0.0.1', '10.0.0.9', 'kubernetes.default.svc', '10.96.0.1'),
    node('b', '10.0.0.2', '10.0.0.9'),
  ]
  const split = (names: readonly string[]): { dnsNames: string[]; addresses: string[] } => ({
    dnsNames: names.filter((name) => !name.startsWith('10.')),
    addresses: names.filter((name) => name.startsWith('10.')),
  })
  const strange = (...names: string[]): string | undefined =>
    strangeName(split(names), 'a', nodes, ['kubernetes', '10.96.0.1'])

  it('finds what is not the name or an address of the node', () => {
    assert.equal(strange('a', '10.0.0.1'), undefined)
    assert.equal(strange('10.0.0.1', '10.0.0.3'), '10.0.0.3')
    assert.equal(strange('a', 'b'), 'b')
    assert.equal(strangeName(split(['c']), 'c', nodes, []), 'c', 'there is no such node')
  })

  it('does not believe a node that says it has what others have', () => {
    assert.equal(strange('10.0.0.9'), '10.0.0.9')
    assert.equal(strange('10.96.0.1'), '10.96.0.1')
    assert.equal(strange('kubernetes.default.svc'), 'kubernetes.default.svc')
    assert.equal(
      strangeName(split(['kubernetes']), 'kubernetes', [node('kubernetes', '10.0.0.4')], ['kubernetes']),
      'kubernetes',
    )
  })
})

describe('endOf', () => {
  const HOUR_MS = 3_600_000
  const now = Date.UTC(2026, 0, 1)
  let certificate: string
  before(async () => {
    certificate = Buffer.from((await createAuthority('x', 1 / 48, now)).certificate).toString('base64')
  })
  const hours = (conditions: readonly string[], certificate?: string): number => {
    const lastUpdateTime = formatTime(now)
    const all = conditions.map((type) => ({
      type,
      status: 'True',
      lastUpdateTime,
    })) as CertificateSigningRequestCondition[]
    const metadata = { name: 'x', creationTimestamp: lastUpdateTime }
    const status = { conditions: all, ...(certificate !== undefined && { certificate }) }
    return (endOf({ metadata, status } as CertificateSigningRequest) - now) / HOUR_MS
  }

  it('is an hour after the answer, a day where there is none, or when the certificate is of no use any more', () => {
    assert.equal(hours([]), 24)
    assert.equal(hours(['Approved']), 24)
    assert.equal(hours(['Denied']), 1)
    assert.equal(hours(['Approved', 'Failed']), 1)
    assert.equal(hours(['Approved'], certificate), 0.5)
    assert.equal(hours(['Something']), Infinity)
  })
})

describe('daysOf', () => {
  it('holds what was asked for within its limits, with the time before now', () => {
    const seconds = (asked: number | undefined): number => Math.round(daysOf(asked) * 86_400)
    assert.equal(seconds(600), 600)
    assert.equal(seconds(1), 600)
    assert.equal(seconds(86_400), 86_400 - 300)
    assert.equal(seconds(undefined), 365 * 86_400 - 300)
    assert.equal(seconds(2_000_000_000), 365 * 86_400 - 300)
  })
})
