import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isWherryError } from '../../../lib/errors.ts'
import type { JsonObject } from '../../../lib/patch/json.ts'
import { Deployments } from '../../apps/deployment.ts'
import { ConfigMaps } from '../../core/config-map.ts'
import { Pods } from '../../core/pod.ts'
import { Services } from '../../core/service.ts'
import { decodeObject } from '../decode.ts'
import type { Kind, KubeObject } from '../kind.ts'
import { applyPatch, type Applier } from './apply.ts'
import { managerOfUserAgent, resetsManagedFields, trackUpdate, type Writer } from './track-update.ts'

const now = Date.UTC(2026, 0, 1)

function object(kind: Kind<any>, raw: object): JsonObject {
  const { metadata, ...rest } = raw as JsonObject
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x', ...(metadata as object) }, ...rest }
}

function decode(kind: Kind<any>, raw: object): any {
  return decodeObject(kind.message, raw).object
}

function apply(kind: Kind<any>, live: unknown, raw: object, applier: Partial<Applier> = {}): any {
  const result = applyPatch(kind, live as KubeObject, object(kind, raw), { manager: 'one', now, ...applier })
  return decode(kind, result)
}

function update(kind: Kind<any>, live: unknown, raw: object, writer: Partial<Writer> = {}): any {
  const next = decode(kind, 'apiVersion' in raw ? raw : object(kind, raw))
  return trackUpdate(kind, live as KubeObject, next, { manager: 'one', now, ...writer })
}

/** What each manager owns, by its name. */
function owned(object: KubeObject): Record<string, unknown> {
  return Object.fromEntries(
    (object.metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1 }) => [
      [operation, manager, subresource].filter(Boolean).join(' '),
      fieldsV1,
    ]),
  )
}

const leaf = {}

describe('trackUpdate', () => {
  it('gives a create all fields that it sets, and not those that are always there', () => {
    const pod = update(Pods, undefined, {
      metadata: { labels: { a: '1' } },
      spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }] }], tolerations: [{ key: 'k' }] },
    })
    assert.deepEqual(pod.metadata.managedFields, [
      {
        manager: 'one',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': leaf, 'f:a': leaf } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': leaf,
                'f:name': leaf,
                'f:ports': {
                  '.': leaf,
                  'k:{"containerPort":80,"protocol":"TCP"}': { '.': leaf, 'f:containerPort': leaf },
                },
                'f:resources': leaf,
              },
            },
            'f:tolerations': leaf,
          },
        },
      },
    ])
  })

  it('moves a field to whoever changes it, and forgets what is removed', () => {
    const first = update(ConfigMaps, undefined, { data: { a: '1', b: '1', c: '1' } })
    const second = update(ConfigMaps, first, { data: { a: '1', b: '2' } }, { manager: 'two' })
    assert.deepEqual(owned(second), {
      'Update one': { 'f:data': { '.': leaf, 'f:a': leaf } },
      'Update two': { 'f:data': { 'f:b': leaf } },
    })
  })

  it('changes nothing when nothing has changed', () => {
    const live = update(ConfigMaps, undefined, { data: { a: '1' } })
    const next = structuredClone(live)
    const result = trackUpdate(ConfigMaps, live, next, { manager: 'two', now: now + 5000 })
    assert.equal(result.metadata.managedFields, live.metadata.managedFields)
  })

  it('keeps what is written through a subresource apart, without what it cannot change', () => {
    const live = update(Deployments, undefined, { spec: { replicas: 1 }, status: { replicas: 7 } })
    const next = { ...live, spec: { ...live.spec, replicas: 5 }, status: { replicas: 1 } }
    const result = update(Deployments, live, next, { manager: 'two', subresource: 'status' })
    assert.deepEqual(owned(result), {
      'Update one': { 'f:spec': { 'f:replicas': leaf } },
      'Update two status': { 'f:status': { 'f:replicas': leaf } },
    })
  })

  it('takes the managers that the client sends, and forgets all when it sends none', () => {
    const live = update(ConfigMaps, undefined, { data: { a: '1' } })
    const entry = { ...live.metadata.managedFields[0], manager: 'renamed' }
    const renamed = update(
      ConfigMaps,
      live,
      object(ConfigMaps, { metadata: { managedFields: [entry] }, data: { a: '1' } }),
    )
    assert.deepEqual(Object.keys(owned(renamed)), ['Update renamed'])

    const broken = { ...entry, fieldsType: 'FieldsV9' }
    const kept = update(
      ConfigMaps,
      live,
      object(ConfigMaps, { metadata: { managedFields: [broken] }, data: { a: '1' } }),
    )
    assert.deepEqual(Object.keys(owned(kept)), ['Update one'])

    const reset = update(ConfigMaps, live, { data: { a: '2' } }, { reset: true })
    assert.equal('managedFields' in reset.metadata, false)
    assert.equal('managedFields' in update(ConfigMaps, reset, { data: { a: '3' } }).metadata, false)
  })

  it('knows a wish to reset', () => {
    assert.ok(resetsManagedFields({ metadata: { managedFields: [] } }))
    assert.ok(resetsManagedFields({ metadata: { managedFields: [{}] } }))
    assert.ok(!resetsManagedFields({ metadata: {} }))
    assert.ok(!resetsManagedFields({ metadata: { managedFields: [{ manager: 'x' }] } }))
  })

  it('owns list items that appear twice as one thing', () => {
    const live = update(Services, undefined, { spec: { ports: [{ port: 80, name: 'a' }] } })
    const next = {
      spec: {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
    }
    const fields = owned(update(Services, live, next, { manager: 'two' }))['Update two']
    assert.deepEqual(fields, { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': leaf } } })
  })

  it('merges the oldest updaters when there are too many', () => {
    let live = update(ConfigMaps, undefined, { data: {} })
    const data: Record<string, string> = {}
    for (let i = 0; i < 14; i++) {
      data[`k${i}`] = '1'
      live = update(
        ConfigMaps,
        live.metadata.managedFields ? live : undefined,
        { data: { ...data } },
        { manager: `m${i}`, now: now + i * 1000 },
      )
    }
    const owners = owned(live)
    assert.equal(Object.keys(owners).length, 10)
    assert.deepEqual(Object.keys((owners['Update ancient-changes'] as any)['f:data']), [
      '.',
      'f:k0',
      'f:k1',
      'f:k2',
      'f:k3',
      'f:k4',
    ])
  })

  it('names managers after their program', () => {
    assert.equal(managerOfUserAgent('kubectl/v1.36.0 (linux/amd64)'), 'kubectl')
    assert.equal(managerOfUserAgent('curl'), 'curl')
    assert.equal(managerOfUserAgent('x'.repeat(200)).length, 128)
  })
})

describe('applyPatch', () => {
  it('owns what it is given, field by field', () => {
    const service = apply(Services, undefined, {
      metadata: { labels: { a: '1' } },
      spec: { ports: [{ port: 80 }], selector: {}, externalIPs: [] },
    })
    assert.deepEqual(owned(service), {
      'Apply one': {
        'f:metadata': { 'f:labels': { 'f:a': leaf } },
        'f:spec': {
          'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': leaf, 'f:port': leaf } },
          'f:selector': leaf,
          'f:externalIPs': leaf,
        },
      },
    })
  })

  it('removes what it no longer lists and nobody else owns', () => {
    const first = apply(ConfigMaps, undefined, { data: { a: '1', b: '1', c: '1' } })
    const shared = apply(ConfigMaps, first, { data: { b: '1' } }, { manager: 'two' })
    const second = apply(ConfigMaps, shared, { data: { a: '2' } })
    assert.deepEqual(second.data, { a: '2', b: '1' })
    assert.deepEqual(owned(second), {
      'Apply one': { 'f:data': { 'f:a': leaf } },
      'Apply two': { 'f:data': { 'f:b': leaf } },
    })
  })

  it('removes a list item, but not what others put into the list', () => {
    const container = (name: string, image: string): object => ({ name, image })
    const first = apply(Pods, undefined, { spec: { containers: [container('a', '1'), container('b', '1')] } })
    const injected = update(
      Pods,
      first,
      {
        ...first,
        spec: { containers: [...first.spec.containers, container('sidecar', '1')] },
      },
      { manager: 'injector' },
    )
    const second = apply(Pods, injected, { spec: { containers: [container('a', '2')] } })
    assert.deepEqual(
      second.spec.containers.map(({ name, image }: { name: string; image: string }) => `${name}:${image}`),
      ['a:2', 'sidecar:1'],
    )
  })

  it('leaves what nobody owns', () => {
    const live = update(ConfigMaps, undefined, { data: { a: '1', b: '1' } })
    const applied = apply(ConfigMaps, live, { data: { a: '1' } })
    assert.deepEqual(apply(ConfigMaps, applied, { data: {} }).data, { a: '1', b: '1' })
  })

  it('refuses to take a field from another manager, and says whose it is', () => {
    const live = update(Deployments, undefined, { spec: { replicas: 1 } }, { manager: 'kubectl-create' })
    assert.throws(
      () => apply(Deployments, live, { spec: { replicas: 2 } }),
      (error) =>
        isWherryError(error, 'conflict') &&
        error.message ===
          'Apply failed with 1 conflict: conflict with "kubectl-create" using apps/v1: .spec.replicas' &&
        error.details?.causes?.[0]?.reason === 'FieldManagerConflict' &&
        error.details.causes[0].field === '.spec.replicas' &&
        error.details.causes[0].message === 'conflict with "kubectl-create" using apps/v1',
    )
    assert.doesNotThrow(() => apply(Deployments, live, { spec: { replicas: 1 } }))
  })

  it('lists several conflicts by manager', () => {
    const one = apply(ConfigMaps, undefined, { data: { a: '1', b: '1' } })
    const two = update(ConfigMaps, one, { data: { a: '1', b: '1', c: '1' } }, { manager: 'two', subresource: 'status' })
    assert.throws(() => apply(ConfigMaps, two, { data: { a: '2', b: '2', c: '2' } }, { manager: 'three' }), {
      message: `Apply failed with 3 conflicts: conflicts with "one":
- .data.a
- .data.b
conflicts with "two" with subresource "status" using v1:
- .data.c`,
    })
  })

  it('takes it by force', () => {
    const live = update(Deployments, undefined, { spec: { replicas: 1, paused: true } }, { manager: 'two' })
    const forced = apply(Deployments, live, { spec: { replicas: 2 } }, { force: true })
    assert.equal(forced.spec.replicas, 2)
    assert.deepEqual(owned(forced), {
      'Apply one': { 'f:spec': { 'f:replicas': leaf } },
      'Update two': { 'f:spec': { 'f:paused': leaf } },
    })
  })

  it('returns the live object itself when nothing changes', () => {
    const live = apply(ConfigMaps, undefined, { data: { a: '1' } })
    const raw = object(ConfigMaps, { data: { a: '1' } })
    assert.equal(applyPatch(ConfigMaps, live, raw, { manager: 'one', now: now + 5000 }), live)
  })

  it('gives an object that nobody tracked to one manager first', () => {
    const live = decode(ConfigMaps, object(ConfigMaps, { data: { a: '1' } }))
    assert.deepEqual(owned(apply(ConfigMaps, live, { data: { b: '1' } })), {
      'Apply one': { 'f:data': { 'f:b': leaf } },
      'Update before-first-apply': { 'f:data': { '.': leaf, 'f:a': leaf } },
    })
  })

  it('keeps the order of applied items, and of others among them', () => {
    const containers = (...names: string[]): object => ({ spec: { containers: names.map((name) => ({ name })) } })
    const names = (pod: any): string[] => pod.spec.containers.map(({ name }: { name: string }) => name)
    const live = update(Pods, undefined, containers('x', 'a', 'y', 'b', 'z'), { manager: 'two' })
    assert.deepEqual(names(apply(Pods, live, containers('b', 'n', 'a'))), ['x', 'y', 'b', 'z', 'n', 'a'])
    assert.deepEqual(names(apply(Pods, live, containers('a', 'n', 'b'))), ['x', 'a', 'y', 'n', 'b', 'z'])
  })

  it('lets kubectl take over what it applied on the client side', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration'
    const last = JSON.stringify(object(Deployments, { spec: { replicas: 1 } }))
    const live = update(
      Deployments,
      undefined,
      { metadata: { annotations: { [key]: last } }, spec: { replicas: 1 } },
      { manager: 'kubectl-client-side-apply' },
    )
    const applied = apply(Deployments, live, { spec: { replicas: 3 } }, { manager: 'kubectl' })
    assert.equal(applied.spec.replicas, 3)
    assert.equal(JSON.parse(applied.metadata.annotations[key]).spec.replicas, 3)
    assert.throws(() => apply(Deployments, live, { spec: { replicas: 3 } }, { manager: 'other' }), /1 conflict/)
  })

  const refused: [string, object, RegExp][] = [
    ['another version', { apiVersion: 'v2' }, /Specified patch version: v2, expected: v1/],
    ['another kind', { kind: 'Secret' }, /invalid object type: v1, Kind=Secret/],
    ['managed fields', { metadata: { managedFields: [] } }, /metadata.managedFields must be nil/],
    ['an unknown field', { data: {}, foo: 1 }, /\(\/x; v1, Kind=ConfigMap\): \.foo: field not declared in schema/],
    ['a wrong type', { data: { a: 1 } }, /\.data\.a: expected string, got 1/],
    ['a list for a map', { data: [] }, /\.data: expected map, got \[\]/],
  ]
  for (const [what, raw, message] of refused) {
    it(`refuses ${what}`, () => {
      const { metadata, ...rest } = raw as JsonObject
      assert.throws(
        () =>
          applyPatch(ConfigMaps, undefined, { ...object(ConfigMaps, { metadata }), ...rest }, { manager: 'one', now }),
        (error) => isWherryError(error, 'bad-request') && message.test(error.message),
      )
    })
  }

  it("is in nobody's way with an empty map, which is not kept", () => {
    const labelled = (labels: object): object => ({ metadata: { labels }, spec: {} })
    let live = update(Services, undefined, labelled({ a: '1' }))
    live = apply(Services, live, labelled({ b: '2' }), { force: true })
    live = update(Services, live, labelled({ b: '2' }))
    live = apply(Services, live, labelled({}), { force: true })
    assert.equal(live.metadata.labels, undefined)
    assert.deepEqual(apply(Services, live, labelled({})), live)
  })

  it('refuses doubled items', () => {
    assert.throws(
      () => apply(Services, undefined, { spec: { ports: [{ port: 80 }, { port: 80, protocol: 'TCP' }] } }),
      /\.spec\.ports: duplicate entries for key \[port=80,protocol="TCP"\]/,
    )
  })

  describe('whatever is applied', () => {
    const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.constantFrom('1', '2'))
    const port = fc.record(
      { port: fc.constantFrom(80, 81), name: fc.constantFrom('a', 'b') },
      { requiredKeys: ['port'] },
    )
    const service = fc.record(
      {
        metadata: fc.record(
          { labels: data, finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b')) },
          { requiredKeys: [] },
        ),
        spec: fc.record(
          { selector: data, ports: fc.uniqueArray(port, { selector: (one) => one.port }) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['metadata', 'spec'] },
    )
    const step = fc.record({ raw: service, manager: fc.constantFrom('one', 'two'), update: fc.boolean() })
    const history = fc.array(step, { maxLength: 4 })
    const replay = (steps: readonly { raw: object; manager: string; update: boolean }[]): any => {
      let live: unknown
      for (const { raw, manager, update: isUpdate } of steps) {
        live = isUpdate
          ? update(Services, live, raw, { manager })
          : apply(Services, live, raw, { manager, force: true })
      }
      return live
    }

    it('applying it again changes nothing', () => {
      fc.assert(
        fc.property(history, service, (steps, raw) => {
          const once = apply(Services, replay(steps), raw, { force: true })
          assert.deepEqual(apply(Services, once, raw), once)
        }),
      )
    })

    it('applying nothing undoes what only this applier has added', () => {
      fc.assert(
        fc.property(history, service, (steps, raw) => {
          const live =
            replay(steps.filter(({ manager }) => manager !== 'one')) ??
            update(Services, undefined, {}, { manager: 'two' })
          const applied = apply(Services, live, raw, { force: true })
          const undone = apply(Services, applied, {})
          for (const key of Object.keys(undone.metadata.labels ?? {})) {
            assert.ok(Object.hasOwn(live.metadata.labels ?? {}, key), `${key} is left over`)
          }
          assert.equal(owned(undone)['Apply one'], undefined)
        }),
      )
    })
  })
})
