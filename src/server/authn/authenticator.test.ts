import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { Secrets } from '../../api/core/secret.ts'
import { ServiceAccounts } from '../../api/core/service-account.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import { createAuthority, issueCertificate } from '../../lib/pki.ts'
import type { Authorizer } from '../authz/permit.ts'
import type { ResourceQuestion } from '../authz/question.ts'
import { Objects } from '../authz/objects.test-helper.ts'
import { createAuthenticator } from './authenticator.ts'
import type { Credentials, Identity } from './identity.ts'
import { ServiceAccountTokens } from './service-account-tokens.ts'

const issuer = 'https://kubernetes.default.svc.cluster.local'
const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString()

/** `impersonable` names what everybody may impersonate, as in `users/jane`. */
function setUp(impersonable: readonly string[] = []) {
  const objects = new Objects()
  const clock = new VirtualClock()
  const tokens = new ServiceAccountTokens({ signingKey, issuer, objects, clock })
  const authorizer: Authorizer = (_, question) => {
    const { group, plural, subresource, namespace, name, verb } = question as ResourceQuestion
    const asked = [group, plural, subresource, namespace, name].filter((part) => part !== '').join('/')
    const allowed = verb === 'impersonate' && impersonable.includes(asked)
    return { decision: allowed ? 'allow' : 'no-opinion', reason: '' }
  }
  const authenticator = createAuthenticator({ tokens, objects, clock, authorizer })
  const account = objects.set(ServiceAccounts, { metadata: { name: 'robot', namespace: 'x' } })
  const who = async (credentials: Partial<Credentials>): Promise<Identity> =>
    authenticator.authenticate({ headers: {}, ...credentials })
  return { objects, clock, tokens, account, authenticator, who }
}

async function certificateOf(commonName: string, organizations: string[], now: number): Promise<Buffer> {
  const authority = await createAuthority('test-ca', 1000, now)
  const { certificate } = await issueCertificate(authority, {
    commonName,
    organizations,
    usages: ['client'],
    days: 1,
    now,
  })
  return new X509Certificate(certificate).raw
}

const summary = ({ username, groups }: Identity): unknown => [username, ...groups]
const isUnauthenticated = (error: unknown): boolean => isWherryError(error, 'unauthenticated')

describe('createAuthenticator', () => {
  it('takes a certificate’s names for user and groups, until it expires', async () => {
    const { who, clock } = setUp()
    const clientCertificate = await certificateOf('jane', ['devs', 'ops'], clock.now())
    const jane = await who({ clientCertificate })
    assert.deepEqual(summary(jane), ['jane', 'devs', 'ops', 'system:authenticated'])
    assert.equal(await who({ clientCertificate }), jane, 'the same connection is the same identity')
    await clock.advance(2 * 86_400_000)
    assert.deepEqual(summary(await who({ clientCertificate })), ['system:anonymous', 'system:unauthenticated'])
  })

  it('takes a bearer token', async () => {
    const { who, tokens, account } = setUp()
    const { token } = tokens.issue(account, {})
    for (const authorization of [`Bearer ${token}`, `bearer  ${token}`]) {
      assert.equal((await who({ authorization })).username, 'system:serviceaccount:x:robot')
    }
  })

  it('takes a token among the subprotocols of a WebSocket', async () => {
    const { who, tokens, account } = setUp()
    const { token } = tokens.issue(account, {})
    const encoded = Buffer.from(token).toString('base64url')
    const headers = { 'sec-websocket-protocol': `base64url.bearer.authorization.k8s.io.${encoded}, v5.channel.k8s.io` }
    assert.equal((await who({ headers })).username, 'system:serviceaccount:x:robot')
  })

  it('knows nobody in particular without credentials, and refuses wrong ones', async () => {
    const { who } = setUp()
    assert.deepEqual(summary(await who({})), ['system:anonymous', 'system:unauthenticated'])
    assert.deepEqual(summary(await who({ authorization: 'Basic eDp5' })), [
      'system:anonymous',
      'system:unauthenticated',
    ])
    for (const token of ['x', 'a.b.c', 'abcdef.0123456789abcdef']) {
      await assert.rejects(who({ authorization: `Bearer ${token}` }), isUnauthenticated)
    }
  })

  it('takes a bootstrap token that stands in its Secret, in time and for this use', async () => {
    const { who, objects, clock } = setUp()
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    const put = (fields: Record<string, string>): void => {
      const data = {
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        'usage-bootstrap-authentication': 'true',
        expiration: new Date(clock.now() + 1000).toISOString(),
        'auth-extra-groups': 'system:bootstrappers:join, system:bootstrappers:x',
        ...fields,
      }
      objects.set(Secrets, {
        metadata: { namespace: 'kube-system', name: 'bootstrap-token-abcdef' },
        type: 'bootstrap.kubernetes.io/token',
        data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, base64(value)])),
      })
    }
    const credentials = { authorization: 'Bearer abcdef.0123456789abcdef' }
    put({})
    assert.deepEqual(summary(await who(credentials)), [
      'system:bootstrap:abcdef',
      'system:bootstrappers',
      'system:bootstrappers:join',
      'system:bootstrappers:x',
      'system:authenticated',
    ])
    const spoilt: Record<string, string>[] = [
      { 'token-secret': '0123456789abcdeg' },
      { 'token-id': 'abcdeg' },
      { 'usage-bootstrap-authentication': 'false' },
      { 'auth-extra-groups': 'system:masters' },
      { expiration: new Date(clock.now()).toISOString() },
      { expiration: 'soon' },
    ]
    for (const wrong of spoilt) {
      put(wrong)
      await assert.rejects(who(credentials), isUnauthenticated, JSON.stringify(wrong))
    }
  })

  it('lets somebody be somebody else as far as they may', async () => {
    const may = [
      'users/jane',
      'groups/devs',
      'authentication.k8s.io/userextras/scopes/a',
      'authentication.k8s.io/userextras/example.org/x/b',
      'authentication.k8s.io/uids/u1',
      'serviceaccounts/x/robot',
    ]
    const { who } = setUp(may)
    const jane = await who({
      headers: {
        'impersonate-user': 'jane',
        'impersonate-group': 'devs',
        'impersonate-uid': 'u1',
        'impersonate-extra-scopes': 'a',
        'impersonate-extra-example.org%2fx': ['b'],
      },
    })
    assert.deepEqual(
      [summary(jane), jane.uid, jane.extra],
      [['jane', 'devs', 'system:authenticated'], 'u1', { scopes: ['a'], 'example.org/x': ['b'] }],
    )
    const robot = await who({ headers: { 'impersonate-user': 'system:serviceaccount:x:robot' } })
    assert.deepEqual(summary(robot), [
      'system:serviceaccount:x:robot',
      'system:serviceaccounts',
      'system:serviceaccounts:x',
      'system:authenticated',
    ])
  })

  it('refuses to let them be anybody else', async () => {
    const { who } = setUp(['users/jane'])
    const tries: readonly [Credentials['headers'], RegExp][] = [
      [
        { 'impersonate-user': 'root' },
        /users "root" is forbidden: User "system:anonymous" cannot impersonate resource "users" in API group "" at the cluster scope/,
      ],
      [{ 'impersonate-user': 'jane', 'impersonate-group': ['system:masters'] }, /cannot impersonate resource "groups"/],
      [
        { 'impersonate-user': 'jane', 'impersonate-group': 'a, system:masters' },
        /cannot impersonate resource "groups"/,
      ],
      [
        { 'impersonate-user': 'jane', 'impersonate-uid': 'u' },
        /cannot impersonate resource "uids" in API group "authentication.k8s.io"/,
      ],
      [
        { 'impersonate-user': 'jane', 'impersonate-extra-scopes': 'a' },
        /cannot impersonate resource "userextras\/scopes"/,
      ],
      [
        { 'impersonate-user': 'system:serviceaccount:x:robot' },
        /cannot impersonate resource "serviceaccounts" in API group "" in the namespace "x"/,
      ],
      [{ 'impersonate-group': 'devs' }, /without impersonating a user/],
    ]
    for (const [headers, message] of tries) await assert.rejects(who({ headers }), message)
  })
})

describe('reviewToken', () => {
  it('tells whose a token is, and for whom it counts', () => {
    const { authenticator, tokens, account } = setUp()
    const { token } = tokens.issue(account, { audiences: ['vault', issuer] })
    const status = authenticator.reviewToken({ token, audiences: ['vault'] })
    assert.equal(status.authenticated, true)
    assert.deepEqual(status.audiences, ['vault'])
    assert.equal(status.user.username, 'system:serviceaccount:x:robot')
    assert.deepEqual(authenticator.reviewToken({ token }).audiences, [issuer])
  })

  it('says no without an error for a token that is not good', () => {
    const { authenticator, tokens, account } = setUp()
    const { token } = tokens.issue(account, {})
    assert.equal(authenticator.reviewToken({ token, audiences: ['other'] }).authenticated, false)
    assert.equal(authenticator.reviewToken({ token: 'x' }).authenticated, false)
    assert.throws(() => authenticator.reviewToken({}), /token is required/)
  })
})
