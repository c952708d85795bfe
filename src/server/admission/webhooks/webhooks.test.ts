import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLogger } from '../../../lib/log.ts'
import { seededRandom } from '../../../lib/random.ts'
import { objectReader } from '../../rest/object-reader.ts'
import type { TestServer } from '../../server.test-helper.ts'
import { makeConfigMap, makePod, startTestServer } from '../../server.test-helper.ts'
import type { AdmissionPlugin } from '../admission.ts'
import { mutatingWebhooks, validatingWebhooks } from './webhooks.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'
const ROOT = '/apis/admissionregistration.k8s.io/v1'

type Answer = { allowed: boolean; status?: object; patch?: object[]; warnings?: string[]; [key: string]: unknown }

/** A server with hooks that are functions: the path of their URL says which. */
async function startHooked(hooks: Record<string, (request: any) => Answer>): Promise<TestServer> {
  const admission: AdmissionPlugin[] = []
  const server = await startTestServer({ admission })
  const parts = {
    reader: objectReader(server.store),
    authorizer: () => ({ decision: 'allow', reason: 'a test' }) as const,
    random: seededRandom(1),
    log: silentLogger,
    call: async ({ url }: { url?: string }, body: string) => {
      const { request } = JSON.parse(body)
      const { patch, ...answer } = hooks[new URL(url!).pathname.slice(1)]!(request)
      const changes =
        patch === undefined
          ? {}
          : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
      return JSON.stringify({ kind: 'AdmissionReview', response: { uid: request.uid, ...answer, ...changes } })
    },
  }
  admission.push(mutatingWebhooks(parts), validatingWebhooks(parts))
  return server
}

const hook = (name: string, resources: string[], more: object = {}): object => ({
  name: `${name}.example.com`,
  clientConfig: { url: `https://hooks.example.com/${name}` },
  rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
})

async function register(
  { send }: TestServer,
  what: 'mutating' | 'validating',
  name: string,
  ...webhooks: object[]
): Promise<void> {
  const { status, text } = await send(`POST ${ROOT}/${what}webhookconfigurations`, { metadata: { name }, webhooks })
  assert.equal(status, 201, text)
}

const add =
  (key: string): ((request: any) => Answer) =>
  ({ object }) => ({
    allowed: true,
    patch: [{ op: 'add', path: `/data/${key}`, value: Object.keys(object.data).join() }],
  })

describe('mutatingWebhooks', () => {
  it('lets each see what those before it have made, in the order of their names', async () => {
    const server = await startHooked({ first: add('first'), second: add('second') })
    await register(server, 'mutating', 'b', hook('second', ['configmaps']))
    await register(server, 'mutating', 'a', hook('first', ['configmaps'], { reinvocationPolicy: 'IfNeeded' }))
    const { json } = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.deepEqual(json.data, { key: 'value', first: 'key,first,second', second: 'key,first' })
  })

  it('defaults what they have added', async () => {
    const server = await startHooked({
      sidecar: () => ({
        allowed: true,
        patch: [{ op: 'add', path: '/spec/initContainers', value: [{ name: 'added', image: 'i' }] }],
      }),
    })
    await register(server, 'mutating', 'a', hook('sidecar', ['pods']))
    const { json } = await server.send(`POST ${PODS}`, makePod('p'))
    assert.equal(json.spec.initContainers[0].terminationMessagePath, '/dev/termination-log')
  })
})

describe('validatingWebhooks', () => {
  it('tell who asks for what, and are obeyed when they refuse', async () => {
    const requests: any[] = []
    const server = await startHooked({
      no: (request) => {
        requests.push(request)
        return { allowed: false, status: { message: 'not today' }, warnings: ['careful'] }
      },
    })
    await register(server, 'validating', 'a', hook('no', ['configmaps']))
    const refused = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.equal(refused.status, 403)
    assert.equal(refused.json.message, 'admission webhook "no.example.com" denied the request: not today')
    assert.deepEqual(refused.headers['warning'], ['299 - "careful"'])
    const [{ operation, kind, resource, name, namespace, userInfo, object, oldObject }] = requests
    assert.deepEqual(
      { operation, kind, resource, name, namespace, user: userInfo.username, data: object.data, oldObject },
      {
        operation: 'CREATE',
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        name: 'm',
        namespace: 'default',
        user: 'admin',
        data: { key: 'value' },
        oldObject: null,
      },
    )
  })

  it('are asked only about what they chose', async () => {
    const server = await startHooked({ no: () => ({ allowed: false }) })
    const onlyMarked = { objectSelector: { matchLabels: { marked: 'yes' } } }
    const elsewhere = { namespaceSelector: { matchLabels: { watched: 'yes' } } }
    await register(
      server,
      'validating',
      'a',
      hook('no', ['configmaps'], onlyMarked),
      hook('no', ['secrets'], { ...elsewhere, name: 'other.example.com' }),
    )
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 201)
    const marked = { ...makeConfigMap('n'), metadata: { name: 'n', labels: { marked: 'yes' } } }
    assert.equal((await server.send(`POST ${MAPS}`, marked)).status, 403)
    const secret = { metadata: { name: 's' } }
    assert.equal((await server.send('POST /api/v1/namespaces/default/secrets', secret)).status, 201)
    const label = { metadata: { labels: { watched: 'yes' } } }
    await server.send('PATCH /api/v1/namespaces/default', label, { 'content-type': 'application/merge-patch+json' })
    const other = { metadata: { name: 't' } }
    assert.equal((await server.send('POST /api/v1/namespaces/default/secrets', other)).status, 403)
  })

  it('stop a write when they cannot be reached, unless they may be ignored', async () => {
    const server = await startHooked({
      broken: () => {
        throw new Error('connection refused')
      },
    })
    await register(
      server,
      'validating',
      'a',
      hook('broken', ['configmaps']),
      hook('broken', ['secrets'], { failurePolicy: 'Ignore', name: 'other.example.com' }),
    )
    const failed = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.equal(failed.status, 500)
    assert.match(
      failed.json.message,
      /failed calling webhook "broken.example.com": failed to call webhook: connection refused/,
    )
    assert.equal(
      (await server.send('POST /api/v1/namespaces/default/secrets', { metadata: { name: 's' } })).status,
      201,
    )
  })

  it('are never asked about hooks', async () => {
    const server = await startHooked({ no: () => ({ allowed: false }) })
    await register(server, 'validating', 'a', hook('no', ['*/*']))
    await register(server, 'validating', 'b', hook('no', ['pods']))
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 403)
    assert.equal((await server.send(`DELETE ${ROOT}/validatingwebhookconfigurations/a`)).status, 200)
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 201)
  })

  it('are not asked on a dry run when that would change something', async () => {
    const server = await startHooked({ yes: () => ({ allowed: true }) })
    await register(server, 'validating', 'a', hook('yes', ['configmaps'], { sideEffects: 'NoneOnDryRun' }))
    assert.equal((await server.send(`POST ${MAPS}?dryRun=All`, makeConfigMap('m'))).status, 201)
    assert.equal((await server.send(`DELETE ${ROOT}/validatingwebhookconfigurations/a`)).status, 200)
  })
})

describe('conditions of hooks', () => {
  const skipMe = { matchConditions: [{ name: 'skip-me', expression: "object.metadata.name != 'skip-me'" }] }

  it('decide whether a hook is asked at all', async () => {
    const server = await startHooked({ first: add('first') })
    await register(server, 'mutating', 'a', hook('first', ['configmaps'], skipMe))
    const { json: changed } = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.deepEqual(changed.data, { key: 'value', first: 'key' })
    const { json: skipped } = await server.send(`POST ${MAPS}`, makeConfigMap('skip-me'))
    assert.deepEqual(skipped.data, { key: 'value' })
  })

  it('can ask who sends the request and what they may do', async () => {
    const server = await startHooked({ no: () => ({ allowed: false }) })
    const expression =
      "request.userInfo.username == 'admin' && request.operation == 'CREATE' && authorizer.requestResource.check('create').allowed()"
    const conditions = { matchConditions: [{ name: 'who', expression }] }
    await register(server, 'validating', 'a', hook('no', ['configmaps'], conditions))
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 403)
  })

  it('that fail stop the write, unless the hook may be ignored', async () => {
    const server = await startHooked({ yes: () => ({ allowed: true }) })
    const fails = { matchConditions: [{ name: 'fails', expression: 'object.nothing.there' }] }
    const wrong = await server.send(`POST ${ROOT}/validatingwebhookconfigurations`, {
      metadata: { name: 'wrong' },
      webhooks: [hook('yes', ['configmaps'], fails)],
    })
    assert.match(
      wrong.json.message,
      /webhooks\[0\].matchConditions\[0\].expression: .*must evaluate to bool but got dyn/,
    )
    const errs = { matchConditions: [{ name: 'errs', expression: 'object.nothing.there == 1' }] }
    await register(server, 'validating', 'a', hook('yes', ['configmaps'], errs))
    const failed = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.equal(failed.status, 403)
    assert.equal(
      failed.json.message,
      'configmaps "m" is forbidden: expression \'object.nothing.there == 1\' resulted in error: no such key: nothing',
    )
    await server.send(`DELETE ${ROOT}/validatingwebhookconfigurations/a`)
    await register(server, 'validating', 'b', hook('yes', ['configmaps'], { ...errs, failurePolicy: 'Ignore' }))
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 201)
  })
})

describe('webhook configurations', () => {
  it('may not have conditions that do not compile', async () => {
    const { send } = await startHooked({})
    const bad = { matchConditions: [{ name: 'bad', expression: '... [] bad expression' }] }
    const { status, json } = await send(`POST ${ROOT}/mutatingwebhookconfigurations`, {
      metadata: { name: 'a' },
      webhooks: [hook('no', ['configmaps'], bad)],
    })
    assert.equal(status, 422)
    assert.match(json.message, /compilation failed: ERROR: <input>:1:2: Syntax error/)
  })

  it('may leave the path of their Service empty', async () => {
    const server = await startHooked({})
    const service = { namespace: 'default', name: 'hooks', path: '' }
    await register(server, 'validating', 'a', hook('yes', ['configmaps'], { clientConfig: { service } }))
  })
})
