import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { objectReader } from '../../rest/object-reader.ts'
import type { TestServer } from '../../server.test-helper.ts'
import { makeConfigMap, startTestServer } from '../../server.test-helper.ts'
import type { AdmissionPlugin } from '../admission.ts'
import { mutatingPolicies, validatingPolicies } from './policies.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const ROOT = '/apis/admissionregistration.k8s.io/v1'

/** A server with policies, and with what changes objects after them. */
async function startGoverned(between: readonly AdmissionPlugin[] = []): Promise<TestServer> {
  const admission: AdmissionPlugin[] = []
  const server = await startTestServer({ admission })
  const parts = {
    reader: objectReader(server.store),
    authorizer: () => ({ decision: 'allow', reason: 'a test' }) as const,
    kinds: () => server.server.kinds,
  }
  const [first, again] = mutatingPolicies(parts)
  admission.push(first, ...between, again, validatingPolicies(parts))
  return server
}

const constraints = (resource: string, group = ''): object => ({
  resourceRules: [{ operations: ['*'], apiGroups: [group], apiVersions: ['v1'], resources: [resource] }],
})

interface Policy {
  readonly spec: object
  readonly binding?: object
}

async function put({ send }: TestServer, kind: 'validating' | 'mutating', name: string, policy: Policy): Promise<void> {
  const made = await send(`POST ${ROOT}/${kind}admissionpolicies`, { metadata: { name }, spec: policy.spec })
  assert.equal(made.status, 201, made.text)
  const bound = await send(`POST ${ROOT}/${kind}admissionpolicybindings`, {
    metadata: { name },
    spec: {
      policyName: name,
      ...(kind === 'validating' ? { validationActions: ['Deny'] } : {}),
      ...policy.binding,
    },
  })
  assert.equal(bound.status, 201, bound.text)
}

const labels = { app: 'web' }
const deployment = (name: string, replicas: number, more: object = {}): object => ({
  metadata: { name, ...more },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  },
})

describe('a ValidatingAdmissionPolicy', () => {
  it('refuses what its expressions do not accept, and says so in its own words', async () => {
    const server = await startGoverned()
    await put(server, 'validating', 'p.example.com', {
      spec: {
        matchConstraints: constraints('deployments', 'apps'),
        validations: [
          {
            expression: 'object.spec.replicas > 1',
            messageExpression: "'wants replicas > 1, got ' + string(object.spec.replicas)",
          },
          { expression: "namespaceObject.metadata.name == 'default'", message: 'another namespace' },
        ],
      },
    })
    const refused = await server.send(`POST ${DEPLOYMENTS}`, deployment('one', 1))
    assert.equal(refused.status, 422)
    assert.equal(refused.json.reason, 'Invalid')
    assert.equal(
      refused.json.message,
      `deployments.apps "one" is forbidden: ValidatingAdmissionPolicy 'p.example.com' with binding 'p.example.com' denied request: wants replicas > 1, got 1`,
    )
    assert.equal((await server.send(`POST ${DEPLOYMENTS}`, deployment('two', 2))).status, 201)
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 201)
  })

  it('falls back to its message when its expression for that fails', async () => {
    const server = await startGoverned()
    await put(server, 'validating', 'p', {
      spec: {
        matchConstraints: constraints('deployments', 'apps'),
        validations: [{ expression: 'false', messageExpression: "'got ' + object.spec.replicas", reason: 'Forbidden' }],
      },
    })
    const { status, json } = await server.send(`POST ${DEPLOYMENTS}`, deployment('one', 1))
    assert.equal(status, 403)
    assert.match(json.message, /denied request: failed expression: false$/)
  })

  it('has variables that may use those before them, and are worked out once', async () => {
    const server = await startGoverned()
    await put(server, 'validating', 'p', {
      spec: {
        matchConstraints: constraints('deployments', 'apps'),
        variables: [
          { name: 'replicas', expression: 'object.spec.replicas' },
          { name: 'odd', expression: 'variables.replicas % 2 == 1' },
          { name: 'broken', expression: 'object.spec.nothing.there' },
        ],
        validations: [{ expression: 'variables.replicas > 1' }, { expression: 'variables.odd' }],
      },
    })
    assert.equal((await server.send(`POST ${DEPLOYMENTS}`, deployment('two', 2))).status, 422)
    assert.equal((await server.send(`POST ${DEPLOYMENTS}`, deployment('three', 3))).status, 201)
  })

  it('warns when that is all its binding asks for', async () => {
    const server = await startGoverned()
    await put(server, 'validating', 'p', {
      spec: { matchConstraints: constraints('configmaps'), validations: [{ expression: 'false', message: 'careful' }] },
      binding: { validationActions: ['Warn', 'Audit'] },
    })
    const { status, headers } = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.equal(status, 201)
    assert.deepEqual(headers['warning'], [
      `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p': careful"`,
    ])
  })

  it('lets a write through when it fails and may be ignored', async () => {
    const server = await startGoverned()
    const spec = (failurePolicy: string): object => ({
      failurePolicy,
      matchConstraints: constraints('configmaps'),
      validations: [{ expression: "object.data.missing == 'x'" }],
    })
    await put(server, 'validating', 'lenient', { spec: spec('Ignore') })
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('a'))).status, 201)
    await put(server, 'validating', 'strict', { spec: spec('Fail') })
    const { status, json } = await server.send(`POST ${MAPS}`, makeConfigMap('b'))
    assert.equal(status, 422)
    assert.match(json.message, /expression 'object.data.missing == 'x'' resulted in error: no such key: missing$/)
  })

  it('takes its settings from the objects that the binding names', async () => {
    const server = await startGoverned()
    await server.send(`POST ${MAPS}`, { metadata: { name: 'limit', labels: { limits: 'yes' } }, data: { max: '3' } })
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: constraints('deployments', 'apps'),
      validations: [{ expression: 'params == null || object.spec.replicas <= int(params.data.max)' }],
    }
    const paramRef = { selector: { matchLabels: { limits: 'yes' } }, parameterNotFoundAction: 'Deny' }
    await put(server, 'validating', 'p', { spec, binding: { paramRef } })
    assert.equal((await server.send(`POST ${DEPLOYMENTS}`, deployment('three', 3))).status, 201)
    assert.equal((await server.send(`POST ${DEPLOYMENTS}`, deployment('four', 4))).status, 422)
    await server.send(`DELETE ${MAPS}/limit`)
    const { json } = await server.send(`POST ${DEPLOYMENTS}`, deployment('two', 2))
    assert.match(json.message, /no params found for policy binding with `Deny` parameterNotFoundAction/)
  })

  it('denies all that it is about when there is no such kind of settings', async () => {
    const server = await startGoverned()
    const spec = {
      paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' },
      matchConstraints: constraints('configmaps'),
      validations: [{ expression: 'true' }],
    }
    const paramRef = { name: 'one', parameterNotFoundAction: 'Allow' }
    await put(server, 'validating', 'p', { spec, binding: { paramRef } })
    const { json } = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.match(
      json.message,
      /ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com\/v1, Kind=Limit'$/,
    )
  })

  it('is asked only where its conditions and its binding say', async () => {
    const server = await startGoverned()
    await put(server, 'validating', 'p', {
      spec: {
        matchConstraints: {
          ...constraints('*'),
          excludeResourceRules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] }],
        },
        matchConditions: [{ name: 'not-kube', expression: "!object.metadata.name.startsWith('kube-')" }],
        validations: [{ expression: 'false' }],
      },
      binding: { matchResources: { objectSelector: { matchLabels: { watched: 'yes' } } } },
    })
    const watched = (name: string): object => ({ metadata: { name, labels: { watched: 'yes' } } })
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 201)
    assert.equal((await server.send(`POST ${MAPS}`, watched('kube-root'))).status, 201)
    assert.equal((await server.send('POST /api/v1/namespaces/default/secrets', watched('s'))).status, 201)
    assert.equal((await server.send(`POST ${MAPS}`, watched('n'))).status, 422)
  })

  it('is asked before anything is said about how an object cannot be created', async () => {
    const server = await startGoverned()
    const again = { ...makeConfigMap('m'), metadata: { name: 'm', resourceVersion: '7' } }
    const first = await server.send(`POST ${MAPS}`, again)
    assert.equal(first.json.message, 'resourceVersion should not be set on objects to be created')
    const spec = { matchConstraints: constraints('configmaps'), validations: [{ expression: 'false' }] }
    await put(server, 'validating', 'p', { spec })
    assert.match((await server.send(`POST ${MAPS}`, again)).json.message, /denied request: failed expression: false$/)
  })

  it('stops an expression that would take too long', async () => {
    const server = await startGoverned()
    const expression = 'lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))'
    await put(server, 'validating', 'p', {
      spec: { matchConstraints: constraints('configmaps'), validations: [{ expression }] },
    })
    const { json } = await server.send(`POST ${MAPS}`, makeConfigMap('m'))
    assert.match(json.message, /operation cancelled: actual cost limit exceeded$/)
  })

  it('is refused when an expression is wrong', async () => {
    const { send } = await startGoverned()
    const { status, json } = await send(`POST ${ROOT}/validatingadmissionpolicies`, {
      metadata: { name: 'p' },
      spec: {
        matchConstraints: constraints('configmaps'),
        variables: [{ name: 'size', expression: 'object.data.size()' }],
        validations: [{ expression: 'variables.sise > 1' }, { expression: '1 + 1', messageExpression: '[1]' }],
        auditAnnotations: [{ key: 'k', valueExpression: '1' }],
      },
    })
    assert.equal(status, 422)
    assert.deepEqual(
      json.details.causes.map(({ field, message }: any) => [field, message.split('\n')[0]]),
      [
        [
          'spec.validations[0].expression',
          `Invalid value: "variables.sise > 1": compilation failed: ERROR: <input>:1:10: undefined field 'sise'`,
        ],
        ['spec.validations[1].expression', 'Invalid value: "1 + 1": must evaluate to bool but got int'],
        ['spec.validations[1].messageExpression', 'Invalid value: "[1]": must evaluate to string but got list(int)'],
        [
          'spec.auditAnnotations[0].valueExpression',
          'Invalid value: "1": must evaluate to one of [string null_type] but got int',
        ],
      ],
    )
  })

  it('is never asked about policies', async () => {
    const server = await startGoverned()
    const everything = {
      resourceRules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }],
    }
    await put(server, 'validating', 'p', {
      spec: { matchConstraints: everything, validations: [{ expression: 'false' }] },
    })
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 422)
    assert.equal((await server.send(`DELETE ${ROOT}/validatingadmissionpolicies/p`)).status, 200)
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('m'))).status, 201)
  })
})

describe('a MutatingAdmissionPolicy', () => {
  const applies = (expression: string, more: object = {}): Policy => ({
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: constraints('deployments', 'apps'),
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
      ...more,
    },
  })
  const patches = (expression: string, more: object = {}): Policy => ({
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: constraints('deployments', 'apps'),
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
      ...more,
    },
  })

  it('applies what its expression says', async () => {
    const server = await startGoverned()
    const expression =
      'Object{metadata: Object.metadata{annotations: {"by": "policy"}}, spec: Object.spec{replicas: 1337, template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "sidecar", image: "side:1"}]}}}}'
    await put(server, 'mutating', 'p', applies(expression))
    const { json } = await server.send(`POST ${DEPLOYMENTS}`, deployment('d', 1, { annotations: { mine: 'stays' } }))
    assert.deepEqual(json.metadata.annotations, { mine: 'stays', by: 'policy' })
    assert.equal(json.spec.replicas, 1337)
    const images = json.spec.template.spec.containers.map(
      (one: any) => `${one.name} ${one.image} ${one.imagePullPolicy}`,
    )
    assert.deepEqual(images.toSorted(), ['sidecar side:1 IfNotPresent', 'web web:1 IfNotPresent'])
  })

  it('patches as its expression says', async () => {
    const server = await startGoverned()
    const expression =
      '[JSONPatch{op: "test", path: "/spec/replicas", value: 1}, JSONPatch{op: "add", path: "/metadata/labels", value: {"a/b": "c"}}, JSONPatch{op: "replace", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), value: "d"}]'
    await put(server, 'mutating', 'p', patches(expression))
    const { json: one } = await server.send(`POST ${DEPLOYMENTS}`, deployment('one', 1))
    assert.deepEqual(one.metadata.labels, { 'a/b': 'd' })
    const { json: two } = await server.send(`POST ${DEPLOYMENTS}`, deployment('two', 2))
    assert.equal(two.metadata.labels, undefined)
  })

  it('sees what later ones have made when it asks for it', async () => {
    const server = await startGoverned()
    const mark = (key: string): string =>
      `[JSONPatch{op: "add", path: "/metadata/annotations/${key}", value: string(object.metadata.annotations.size())}]`
    await put(server, 'mutating', 'a', patches(mark('first'), { reinvocationPolicy: 'IfNeeded' }))
    await put(server, 'mutating', 'b', patches(mark('second')))
    const { json } = await server.send(`POST ${DEPLOYMENTS}`, deployment('d', 1, { annotations: { zero: '' } }))
    assert.deepEqual(json.metadata.annotations, { zero: '', first: '3', second: '2' })
  })

  it('looks again when a hook has changed what it left', async () => {
    const hook: AdmissionPlugin = {
      name: 'Hook',
      handles: () => true,
      mutate: ({ object }) => ({
        ...object!,
        metadata: { ...object!.metadata, annotations: { ...object!.metadata.annotations, hook: 'was here' } },
      }),
    }
    const server = await startGoverned([hook])
    const count =
      '[JSONPatch{op: "add", path: "/metadata/annotations/NAME", value: string(object.metadata.annotations.size())}]'
    const again = patches(count.replace('NAME', 'again'), { reinvocationPolicy: 'IfNeeded' })
    await put(server, 'mutating', 'a', again)
    await put(server, 'mutating', 'b', patches(count.replace('NAME', 'once')))
    const { json } = await server.send(`POST ${DEPLOYMENTS}`, deployment('d', 1, { annotations: { zero: '' } }))
    assert.deepEqual(json.metadata.annotations, { zero: '', again: '4', once: '2', hook: 'was here' })
  })

  it('may not replace what can only be replaced as a whole, nor name types otherwise than fields', async () => {
    const server = await startGoverned()
    const atomic = 'Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"a": "b"}}}}'
    await put(server, 'mutating', 'p', applies(atomic))
    const refused = await server.send(`POST ${DEPLOYMENTS}`, deployment('d', 1))
    assert.equal(refused.status, 422)
    assert.match(refused.json.message, /may not mutate atomic arrays, maps or structs: \.spec\.selector/)
    await server.send(`DELETE ${ROOT}/mutatingadmissionpolicies/p`)
    await put(server, 'mutating', 'q', applies('Object{spec: Object.wrong{replicas: 2}}'))
    const wrong = await server.send(`POST ${DEPLOYMENTS}`, deployment('d', 1))
    assert.match(
      wrong.json.message,
      /policy 'q' with binding 'q' denied request: type mismatch: unexpected type name "Object.wrong"/,
    )
  })

  it('is refused when an expression gives something else', async () => {
    const { send } = await startGoverned()
    const { json } = await send(`POST ${ROOT}/mutatingadmissionpolicies`, {
      metadata: { name: 'p' },
      spec: applies('[1]', { reinvocationPolicy: undefined }).spec,
    })
    assert.deepEqual(
      json.details.causes.map(({ field, message }: any) => [field, message]),
      [
        ['spec.reinvocationPolicy', 'Required value'],
        [
          'spec.mutations[0].applyConfiguration.expression',
          'Invalid value: "[1]": must evaluate to Object but got list(int)',
        ],
      ],
    )
  })
})
