import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import * as jose from 'jose'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { Secrets } from '../../api/core/secret.ts'
import { ServiceAccounts } from '../../api/core/service-account.ts'
import type { ServiceAccount } from '../../api/core/v1.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import { Objects } from '../authz/objects.test-helper.ts'
import { ServiceAccountTokens } from './service-account-tokens.ts'

const issuer = 'https://kubernetes.default.svc.cluster.local'
const pemOf = (type: 'rsa' | 'ec'): string => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}
const ecKey = pemOf('ec')
const rsaKey = pemOf('rsa')

function setUp(signingKey = ecKey, formerKeys: string[] = []) {
  const objects = new Objects()
  const clock = new VirtualClock()
  const tokens = new ServiceAccountTokens({ signingKey, formerKeys, issuer, objects, clock })
  const account: ServiceAccount = objects.set(ServiceAccounts, { metadata: { name: 'robot', namespace: 'x' } })
  objects.set(Nodes, { metadata: { name: 'node-1' } })
  objects.set(Pods, {
    metadata: { name: 'web', namespace: 'x' },
    spec: { serviceAccountName: 'robot', nodeName: 'node-1' },
  })
  return { objects, clock, tokens, account }
}

const toPod = { kind: 'Pod', apiVersion: 'v1', name: 'web', uid: 'uid-web' }

describe('ServiceAccountTokens', () => {
  it('believes what it issued, and knows who that is', () => {
    const { tokens, account } = setUp()
    const { token } = tokens.issue(account, { boundObjectRef: toPod })
    const { identity, audiences } = tokens.check(token)!
    assert.equal(identity.username, 'system:serviceaccount:x:robot')
    assert.equal(identity.uid, 'uid-robot')
    assert.deepEqual(identity.groups, ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'])
    assert.deepEqual(identity.extra['authentication.kubernetes.io/pod-name'], ['web'])
    assert.deepEqual(identity.extra['authentication.kubernetes.io/pod-uid'], ['uid-web'])
    assert.deepEqual(identity.extra['authentication.kubernetes.io/node-name'], ['node-1'])
    assert.match(identity.extra['authentication.kubernetes.io/credential-id']![0]!, /^JTI=/)
    assert.deepEqual(audiences, [issuer])
    assert.equal(tokens.check(token)!.identity, identity, 'the same holder is the same object')
  })

  for (const [algorithm, key] of [
    ['ES256', ecKey],
    ['RS256', rsaKey],
  ] as const) {
    it(`signs by ${algorithm} so that others can check it with the published keys`, async () => {
      const { tokens, account, clock } = setUp(key)
      const { token } = tokens.issue(account, { audiences: ['vault'] })
      const keys = jose.createLocalJWKSet(tokens.jwks() as unknown as jose.JSONWebKeySet)
      const { payload, protectedHeader } = await jose.jwtVerify(token, keys, {
        issuer,
        audience: 'vault',
        currentDate: new Date(clock.now()),
      })
      assert.equal(protectedHeader.alg, algorithm)
      assert.equal(payload.sub, 'system:serviceaccount:x:robot')
      assert.deepEqual(tokens.openIdConfiguration('https://10.0.0.1:6443'), {
        issuer,
        jwks_uri: 'https://10.0.0.1:6443/openid/v1/jwks',
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [algorithm],
      })
      assert.ok(
        tokens.jwks().keys.every((published) => !('d' in published)),
        'no private part',
      )
    })
  }

  it('believes a token until its time, an hour unless told otherwise', async () => {
    const { tokens, account, clock } = setUp()
    const usual = tokens.issue(account, {})
    const short = tokens.issue(account, { expirationSeconds: 600 })
    assert.equal(Date.parse(usual.expirationTimestamp!), clock.now() + 3_600_000)
    await clock.advance(599_000)
    assert.ok(tokens.check(short.token))
    await clock.advance(1000)
    assert.equal(tokens.check(short.token), undefined)
    assert.ok(tokens.check(usual.token))
    await clock.advance(3_000_000)
    assert.equal(tokens.check(usual.token), undefined)
  })

  it('counts only for the audiences that it is meant for', () => {
    const { tokens, account } = setUp()
    const { token } = tokens.issue(account, { audiences: ['vault', 'db'] })
    assert.equal(tokens.check(token), undefined)
    assert.deepEqual(tokens.check(token, ['db', 'other'])?.audiences, ['db'])
  })

  it('stops believing when what a token is bound to is gone, or another of its name', () => {
    const cases: readonly [string, Partial<typeof toPod>, (objects: Objects) => void][] = [
      ['the account', {}, (objects) => objects.remove(ServiceAccounts, { namespace: 'x', name: 'robot' })],
      [
        'the account',
        {},
        (objects) => objects.set(ServiceAccounts, { metadata: { namespace: 'x', name: 'robot', uid: 'new' } }),
      ],
      ['the pod', toPod, (objects) => objects.remove(Pods, { namespace: 'x', name: 'web' })],
      ['the pod', toPod, (objects) => objects.set(Pods, { metadata: { namespace: 'x', name: 'web', uid: 'new' } })],
      [
        'the secret',
        { kind: 'Secret', apiVersion: 'v1', name: 's' },
        (objects) => objects.remove(Secrets, { namespace: 'x', name: 's' }),
      ],
      [
        'the node',
        { kind: 'Node', apiVersion: 'v1', name: 'node-1' },
        (objects) => objects.remove(Nodes, { name: 'node-1' }),
      ],
    ]
    for (const [what, bound, change] of cases) {
      const { tokens, account, objects } = setUp()
      objects.set(Secrets, { metadata: { namespace: 'x', name: 's' } })
      const { token } = tokens.issue(account, 'kind' in bound ? { boundObjectRef: bound } : {})
      assert.ok(tokens.check(token), what)
      change(objects)
      assert.equal(tokens.check(token), undefined, what)
    }
  })

  it('keeps the token of a pod that moved to no node, and of one that is ending, for a minute', async () => {
    const { tokens, account, objects, clock } = setUp()
    const { token } = tokens.issue(account, { boundObjectRef: toPod })
    objects.remove(Nodes, { name: 'node-1' })
    assert.ok(tokens.check(token))
    const deletionTimestamp = new Date(clock.now()).toISOString()
    objects.set(Pods, { metadata: { namespace: 'x', name: 'web', deletionTimestamp } })
    await clock.advance(59_000)
    assert.ok(tokens.check(token))
    await clock.advance(2000)
    assert.equal(tokens.check(token), undefined)
  })

  it('believes no token of another key, issuer or algorithm, and none that was changed', async () => {
    const { tokens, account, clock } = setUp()
    const { token } = tokens.issue(account, {})
    const [head, body, signature] = token.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const other = new ServiceAccountTokens({ signingKey: pemOf('ec'), issuer, objects: new Objects(), clock })
    const wrongIssuer = new ServiceAccountTokens({
      signingKey: ecKey,
      issuer: 'https://evil',
      objects: new Objects(),
      clock,
    })
    const publicPem = Buffer.from(JSON.stringify(tokens.jwks().keys[0]))
    const forged = [
      other.issue(account, {}).token,
      wrongIssuer.issue(account, { audiences: [issuer] }).token,
      `${head}.${part({ ...claims, sub: 'x' })}.${signature}`,
      `${head}.${part({ ...claims, 'kubernetes.io': { ...claims['kubernetes.io'], namespace: 'kube-system' } })}.${signature}`,
      `${part({ alg: 'none' })}.${body}.`,
      await new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(publicPem),
      `${head}.${body}`,
      'a.b.c',
      '',
    ]
    for (const bad of forged) assert.equal(tokens.check(bad), undefined, bad)
    assert.ok(tokens.check(token))
  })

  it('believes tokens of the key before a rotation', () => {
    const before = setUp(ecKey)
    const { token } = before.tokens.issue(before.account, {})
    assert.ok(setUp(rsaKey, [ecKey]).tokens.check(token))
    assert.equal(setUp(rsaKey).tokens.check(token), undefined)
  })

  it('believes a token of the old kind as long as it stands in its Secret', () => {
    const { tokens, account, objects } = setUp()
    const token = tokens.issueForSecret(account, 's')
    assert.ok(tokens.claims(token))
    assert.equal(tokens.check(token), undefined)
    const data = { token: Buffer.from(token).toString('base64') }
    objects.set(Secrets, { metadata: { namespace: 'x', name: 's' }, data })
    assert.equal(tokens.check(token)?.identity.username, 'system:serviceaccount:x:robot')
    objects.set(Secrets, { metadata: { namespace: 'x', name: 's' }, data: {} })
    assert.equal(tokens.check(token), undefined)
  })

  it('refuses to issue what cannot be bound, or for too short or too long', () => {
    const { tokens, account, objects } = setUp()
    objects.set(Pods, { metadata: { name: 'foreign', namespace: 'x' }, spec: { serviceAccountName: 'other' } })
    const refused: readonly [object, string, RegExp][] = [
      [{ boundObjectRef: { ...toPod, name: 'none' } }, 'not-found', /pods "none" not found/],
      [{ boundObjectRef: { ...toPod, uid: 'old' } }, 'conflict', /does not match the UID/],
      [{ boundObjectRef: { ...toPod, name: 'foreign', uid: '' } }, 'bad-request', /different serviceaccount name/],
      [
        { boundObjectRef: { ...toPod, kind: 'ConfigMap' } },
        'bad-request',
        /cannot bind token to object of type v1, Kind=ConfigMap/,
      ],
      [{ expirationSeconds: 599 }, 'invalid', /less than 10 minutes/],
      [{ expirationSeconds: 2 ** 32 + 1 }, 'invalid', /larger than 2\^32/],
    ]
    for (const [spec, code, message] of refused) {
      assert.throws(
        () => tokens.issue(account, spec),
        (error) => isWherryError(error) && error.code === code && message.test(error.message),
      )
    }
  })
})
