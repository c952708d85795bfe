import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigMap, Container, Secret, Service } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { containerEnv, envFile, envReferences } from './env.ts'
import type { EnvSources } from './env.ts'
import { expand } from './expand.ts'
import { makePod } from './make.test-helper.ts'
import { serviceEnv } from './service-env.ts'

function envOf(container: Draft<Container>, sources: Partial<EnvSources> = {}): Record<string, string> {
  const pod = makePod({ containers: [{ name: 'app', ...container }] }, { labels: { app: 'web' } })
  const env = containerEnv(pod, pod.spec.containers[0]!, {
    configMap: (name) =>
      name === 'settings'
        ? ({ data: { LEVEL: 'debug', 'a=b': 'never', 'dotted.key': 'yes' } } as unknown as ConfigMap)
        : undefined,
    secret: (name) =>
      name === 'keys' ? ({ data: { TOKEN: Buffer.from('s3').toString('base64') } } as unknown as Secret) : undefined,
    file: () => "A='from file'\n",
    services: [],
    hostIPs: ['192.168.0.1'],
    podIPs: ['10.244.0.5', 'fd00::5'],
    allocatable: { cpu: '2', memory: '4Gi' },
    ...sources,
  })
  return Object.fromEntries(env)
}

describe('expand', () => {
  it('replaces what is known and leaves the rest', () => {
    const lookup = (name: string): string | undefined => (name === 'A' ? '1' : undefined)
    assert.equal(expand('$(A) $(B) $$(A) $$$(A) $A $( a$', lookup), '1 $(B) $(A) $1 $A $( a$')
  })
})

describe('containerEnv', () => {
  it('takes whole ConfigMaps and Secrets with a prefix, and lets single variables win', () => {
    const env = envOf({
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }],
      env: [
        { name: 'TOKEN', value: 'mine' },
        { name: 'BOTH', value: '$(P_LEVEL)-$(TOKEN)-$(NONE)' },
      ],
    })
    assert.deepEqual(env, { P_LEVEL: 'debug', 'P_dotted.key': 'yes', TOKEN: 'mine', BOTH: 'debug-mine-$(NONE)' })
  })

  it('takes single keys, fields, resources and files', () => {
    const env = envOf({
      resources: { limits: { memory: '64Mi' }, requests: { cpu: '250m' } },
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'LEVEL' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'keys', key: 'TOKEN' } } },
        { name: 'C', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: 'D', valueFrom: { fieldRef: { fieldPath: 'status.podIPs' } } },
        { name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        { name: 'F', valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } } },
        { name: 'G', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'H', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'p', key: 'A' } } },
        { name: 'I', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
      ],
    })
    assert.deepEqual(env, {
      A: 'debug',
      B: 's3',
      C: 'web',
      D: '10.244.0.5,fd00::5',
      E: '64',
      F: '1',
      G: '2',
      H: 'from file',
    })
  })

  it('names what is missing', () => {
    const key = (name: string): Draft<Container> => ({
      env: [{ name: 'A', valueFrom: { configMapKeyRef: { name, key: 'x' } } }],
    })
    assert.throws(() => envOf(key('settings')), { message: "couldn't find key x in ConfigMap default/settings" })
    assert.throws(() => envOf(key('none')), { message: 'configmap "none" not found' })
    assert.throws(() => envOf({ envFrom: [{ secretRef: { name: 'none' } }] }), { message: 'secret "none" not found' })
  })

  it('tells of Services without overriding a variable', () => {
    const service = {
      metadata: { name: 'my-db' },
      spec: { clusterIP: '10.96.0.7', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] },
    }
    const services = [service as unknown as Service]
    const env = envOf(
      {
        env: [
          { name: 'MY_DB_SERVICE_PORT', value: '1' },
          { name: 'URL', value: '$(MY_DB_PORT)' },
        ],
      },
      { services },
    )
    assert.equal(env['MY_DB_SERVICE_HOST'], '10.96.0.7')
    assert.equal(env['MY_DB_SERVICE_PORT'], '1')
    assert.equal(env['MY_DB_SERVICE_PORT_SQL'], '5432')
    assert.equal(env['URL'], 'tcp://10.96.0.7:5432')
    assert.deepEqual(
      serviceEnv([{ ...service, spec: { ...service.spec, clusterIP: 'None' } } as unknown as Service]),
      {},
    )
  })
})

describe('envFile', () => {
  it('reads quoted and plain values', () => {
    assert.deepEqual(
      [...envFile("# note\nA='x y'\nB=2\n C = 'a\nb'\n")],
      [
        ['A', 'x y'],
        ['B', '2'],
        ['C', 'a\nb'],
      ],
    )
  })
})

describe('envReferences', () => {
  it('lists the objects that variables come from', () => {
    const container = {
      name: 'a',
      envFrom: [{ secretRef: { name: 's' } }],
      env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }],
    }
    assert.deepEqual(envReferences(container as unknown as Container), [
      { kind: 'Secret', name: 's' },
      { kind: 'ConfigMap', name: 'c' },
    ])
  })
})
