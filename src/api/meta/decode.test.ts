import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Deployment } from '../apps/v1.ts'
import { CustomResourceDefinition } from '../apiextensions/v1.ts'
import { ConfigMap, Pod, Secret } from '../core/v1.ts'
import { Lease } from '../coordination/v1.ts'
import { PodDisruptionBudget } from '../policy/v1.ts'
import { Role } from '../rbac/v1.ts'
import { decodeObject, strictDecodingError } from './decode.ts'
import type { Message } from './schema.ts'

function decode<T>(message: Message<T>, value: unknown): T {
  return decodeObject(message, value).object
}

function complaint(message: Message, value: unknown): string {
  try {
    decodeObject(message, value)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('decodeObject', () => {
  it('fills in what is always there and nothing else', () => {
    assert.deepEqual(decode(Pod, { apiVersion: 'v1', kind: 'Pod' }), {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {},
      spec: { containers: [] },
      status: {},
    })
    assert.deepEqual(decode(Role, {}), { metadata: {}, rules: [] })
  })

  it('leaves out zero values that say nothing, and keeps those that do', () => {
    const { spec } = decode(Pod, {
      spec: {
        hostNetwork: false,
        nodeName: '',
        volumes: [],
        nodeSelector: {},
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        securityContext: {},
        schedulerName: null,
        containers: [{ name: 'a', env: [{ name: 'X', value: '' }], ports: [{ containerPort: 0 }] }],
      },
    })
    assert.deepEqual(spec, {
      containers: [{ name: 'a', ports: [{ containerPort: 0 }], env: [{ name: 'X' }], resources: {} }],
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: {},
    })
  })

  it('writes every value in its one canonical form', () => {
    const pod = decode(Pod, {
      metadata: { creationTimestamp: '2024-01-01T01:00:00.5+01:00' },
      spec: { containers: [{ name: 'a', resources: { requests: { cpu: 0.5, memory: '1024Mi' } } }] },
    })
    assert.equal(pod.metadata.creationTimestamp, '2024-01-01T00:00:00Z')
    assert.deepEqual(pod.spec.containers[0]?.resources.requests, { cpu: '500m', memory: '1Gi' })
    const lease = decode(Lease, { spec: { renewTime: '2024-01-01T00:00:00.1234567Z' } })
    assert.equal(lease.spec.renewTime, '2024-01-01T00:00:00.123456Z')
    assert.equal(decode(Secret, { data: { a: 'YQ\n==' } }).data?.['a'], 'YQ==')
  })

  it('orders fields as the table does', () => {
    const pod = decode(Pod, {
      spec: {},
      metadata: { labels: {}, namespace: 'b', name: 'a' },
      apiVersion: 'v1',
      kind: 'Pod',
    })
    assert.equal(
      JSON.stringify(pod).slice(0, 71),
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"b"}',
    )
  })

  it('names unknown fields by their paths, whatever their case', () => {
    const { problems, object } = decodeObject(Pod, {
      Kind: 'Pod',
      spec: { foo: 1, containers: [{ name: 'a' }, { Name: 'b', livenessProbe: { httpget: {} } }] },
    })
    assert.deepEqual(problems, [
      'unknown field "spec.containers[1].livenessProbe.httpget"',
      'unknown field "spec.containers[1].Name"',
      'unknown field "spec.foo"',
      'unknown field "Kind"',
    ])
    assert.equal(strictDecodingError(problems.slice(2, 3)), 'strict decoding error: unknown field "spec.foo"')
    assert.equal(object.spec.containers[1]?.name, '')
  })

  it('takes absent and undefined as the same thing', () => {
    const { object, problems } = decodeObject(ConfigMap, { data: undefined, extra: undefined, metadata: { name: 'a' } })
    assert.deepEqual(object, { metadata: { name: 'a' } })
    assert.deepEqual(problems, [])
  })

  it('refuses values of a wrong type in the words of Go', () => {
    const cases: readonly [Message, unknown, string][] = [
      [
        Deployment,
        { spec: { replicas: 'two' } },
        'string into Go struct field DeploymentSpec.spec.replicas of type int32',
      ],
      [
        Deployment,
        { spec: { replicas: 1.5 } },
        'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
      ],
      [
        Deployment,
        { spec: { replicas: 2 ** 31 } },
        'number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32',
      ],
      [Pod, { spec: { containers: {} } }, 'object into Go struct field PodSpec.spec.containers of type []v1.Container'],
      [
        Pod,
        { spec: { containers: [{ name: 5 }] } },
        'number into Go struct field Container.spec.containers.name of type string',
      ],
      [
        Pod,
        { spec: { containers: ['a'] } },
        'string into Go struct field PodSpec.spec.containers of type v1.Container',
      ],
      [Pod, { spec: [] }, 'array into Go struct field Pod.spec of type v1.PodSpec'],
      [
        Pod,
        { metadata: { labels: { a: true } } },
        'bool into Go struct field ObjectMeta.metadata.labels of type string',
      ],
    ]
    for (const [message, value, expected] of cases) {
      const { name } = message
      assert.equal(
        complaint(message, value),
        `${name} in version "v1" cannot be handled as a ${name}: json: cannot unmarshal ${expected}`,
      )
    }
    assert.match(complaint(Pod, 'x'), /cannot unmarshal string into Go value/)
    assert.match(complaint(Pod, null), /cannot unmarshal null into Go value/)
    assert.match(complaint(PodDisruptionBudget, { spec: { minAvailable: true } }), /of type intstr.IntOrString/)
    assert.match(complaint(Pod, { metadata: { creationTimestamp: 'now' } }), /parsing time "now"/)
    assert.match(complaint(Secret, { data: { a: 'a*b' } }), /illegal base64 data at input byte 1/)
    assert.match(
      complaint(Pod, { spec: { containers: [{ resources: { limits: { cpu: '1 core' } } }] } }),
      /quantities must match the regular expression/,
    )
  })

  it('is not fooled by names that objects inherit', () => {
    const { object, problems } = decodeObject(
      ConfigMap,
      JSON.parse('{"__proto__":{"a":1},"data":{"__proto__":"x","constructor":"y"}}'),
    )
    assert.deepEqual(problems, ['unknown field "__proto__"'])
    assert.equal(Object.getPrototypeOf(object.data), Object.prototype)
    assert.equal(JSON.stringify(object.data), '{"__proto__":"x","constructor":"y"}')
  })

  it('reads values of one of two types', () => {
    const schema = {
      items: [{ type: 'string' }],
      additionalProperties: false,
      properties: { a: { items: { type: 'integer' }, additionalProperties: { type: 'string' } } },
      dependencies: { a: ['b'], c: { type: 'object' } },
      enum: [null, 0, 'a'],
      default: false,
    }
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }
    const { object, problems } = decodeObject(CustomResourceDefinition, { spec: { versions: [version] } })
    assert.deepEqual(problems, [])
    assert.deepEqual(object.spec.versions[0]?.schema?.openAPIV3Schema, schema)
  })

  it('refuses nesting that would exhaust the stack', () => {
    let schema: unknown = {}
    for (let i = 0; i < 5000; i++) schema = { not: schema }
    const version = { schema: { openAPIV3Schema: schema } }
    assert.match(complaint(CustomResourceDefinition, { spec: { versions: [version] } }), /nested too deeply/)
  })
})
