import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import { ValidatingAdmissionPolicies } from '../api/admissionregistration/validating-admission-policy.ts'
import type { ValidatingAdmissionPolicy, Validation } from '../api/admissionregistration/v1.ts'
import { CustomResourceDefinitions } from '../api/apiextensions/custom-resource-definition.ts'
import type { Draft } from '../api/meta/schema.ts'
import { policyTypeCheckingController } from './policy-type-checking.ts'

const policy = (
  group: string,
  resource: string,
  validations: Draft<Validation>[],
  more: Draft<ValidatingAdmissionPolicy['spec']> = {},
): Draft<ValidatingAdmissionPolicy> => ({
  metadata: { name: 'p' },
  spec: {
    matchConstraints: {
      resourceRules: [{ operations: ['*'], apiGroups: [group], apiVersions: ['v1'], resources: [resource] }],
    },
    validations,
    ...more,
  },
})

describe('policyTypeCheckingController', () => {
  it('finds nothing to say about what fits', async (t) => {
    const cluster = await startCluster(t, { controllers: [policyTypeCheckingController] })
    const fits = [{ expression: 'object.spec.replicas > 1 && object.metadata.namespace != ""' }]
    await cluster.create(ValidatingAdmissionPolicies, policy('apps', 'deployments', fits))
    await cluster.settle()
    const { status } = await cluster.get(ValidatingAdmissionPolicies, 'p')
    assert.deepEqual(status, { observedGeneration: 1, typeChecking: {} })
  })

  it('says what does not fit the fields of built-in kinds', async (t) => {
    const cluster = await startCluster(t, { controllers: [policyTypeCheckingController] })
    const confused = [
      {
        expression: "object.spec.replicas > '1'",
        messageExpression: "'wants replicas > 1, got ' + object.spec.replicas",
      },
      { expression: 'variables.containers.all(one, one.imagee != "")' },
    ]
    const variables = [{ name: 'containers', expression: 'object.spec.template.spec.containers' }]
    await cluster.create(ValidatingAdmissionPolicies, policy('apps', 'deployments', confused, { variables }))
    await cluster.settle()
    const { status } = await cluster.get(ValidatingAdmissionPolicies, 'p')
    assert.deepEqual(status.typeChecking?.expressionWarnings, [
      {
        fieldRef: 'spec.validations[0].expression',
        warning: `apps/v1, Kind=Deployment: compilation failed: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'\n | object.spec.replicas > '1'\n | .....................^\n`,
      },
      {
        fieldRef: 'spec.validations[0].messageExpression',
        warning: `apps/v1, Kind=Deployment: compilation failed: ERROR: <input>:1:28: found no matching overload for '_+_' applied to '(string, int)'\n | 'wants replicas > 1, got ' + object.spec.replicas\n | ...........................^\n`,
      },
      {
        fieldRef: 'spec.validations[1].expression',
        warning: `apps/v1, Kind=Deployment: compilation failed: ERROR: <input>:1:34: undefined field 'imagee'\n | variables.containers.all(one, one.imagee != "")\n | .................................^\n`,
      },
    ])
  })

  it('looks again when a definition says what custom objects are', async (t) => {
    const cluster = await startCluster(t, { controllers: [policyTypeCheckingController] })
    const confused = [{ expression: 'object.spec.maxRetries < 10' }]
    await cluster.create(ValidatingAdmissionPolicies, policy('stable.example.com', 'crontabs', confused))
    await cluster.settle()
    assert.deepEqual((await cluster.get(ValidatingAdmissionPolicies, 'p')).status.typeChecking, {})
    const openAPIV3Schema = {
      type: 'object',
      properties: { spec: { type: 'object', properties: { replicas: { type: 'integer' } } } },
    }
    await cluster.create(CustomResourceDefinitions, {
      metadata: { name: 'crontabs.stable.example.com' },
      spec: {
        group: 'stable.example.com',
        scope: 'Namespaced',
        names: { plural: 'crontabs', kind: 'CronTab' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    })
    await cluster.settle()
    const { status } = await cluster.get(ValidatingAdmissionPolicies, 'p')
    assert.match(status.typeChecking!.expressionWarnings![0]!.warning, /undefined field 'maxRetries'/)
  })
})
