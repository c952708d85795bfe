import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Deployments } from '../apps/deployment.ts'
import { CustomResourceDefinitions } from '../apiextensions/custom-resource-definition.ts'
import { Pods } from '../core/pod.ts'
import { decodeObject } from './decode.ts'
import type { Kind } from './kind.ts'
import { Problems } from './problems.ts'
import { validateFields } from './validate.ts'

function problemsOf(kind: Kind<any>, raw: object): string[] {
  const problems = new Problems()
  validateFields(kind.message, decodeObject(kind.message, raw).object, problems)
  return problems.causes.map(({ field, message }) => `${field}: ${message}`)
}

describe('validateFields', () => {
  it('misses what is required, however deep', () => {
    const spec = { containers: [{ name: 'a' }, { env: [{ value: 'x' }] }], volumes: [{ emptyDir: {} }] }
    assert.deepEqual(problemsOf(Pods, { spec }), [
      'spec.volumes[0].name: Required value',
      'spec.containers[1].name: Required value',
      'spec.containers[1].env[0].name: Required value',
    ])
    assert.deepEqual(problemsOf(Deployments, { spec: {} }), ['spec.selector: Required value'])
  })

  it('knows closed lists', () => {
    assert.deepEqual(problemsOf(Pods, { spec: { containers: [], restartPolicy: 'Sometimes' } }), [
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
    ])
  })

  it('lets be what is not for it to judge', () => {
    const headers = [{ name: 'X', value: '' }]
    const container = { name: 'a', livenessProbe: { httpGet: { port: 80, httpHeaders: headers } } }
    const status = { phase: 'Dreaming', conditions: [{}] }
    assert.deepEqual(
      problemsOf(Pods, { metadata: { ownerReferences: [{}] }, spec: { containers: [container] }, status }),
      [],
    )
  })

  it('follows messages that contain themselves', () => {
    const openAPIV3Schema = {
      type: 'object',
      properties: { a: { properties: { b: { 'x-kubernetes-validations': [{ reason: 'x' }] } } } },
    }
    const spec = {
      group: 'g',
      scope: 'Namespaced',
      names: { plural: 'p', kind: 'K' },
      versions: [{ name: 'v1', schema: { openAPIV3Schema } }],
    }
    const [first] = problemsOf(CustomResourceDefinitions, { spec })
    assert.equal(
      first,
      'spec.versions[0].schema.openAPIV3Schema.properties.a.properties.b.x-kubernetes-validations[0].rule: Required value',
    )
  })
})
