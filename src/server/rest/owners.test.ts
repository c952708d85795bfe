import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ConfigMaps } from '../../api/core/config-map.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { resourceOf } from './resource.ts'
import { encodeStored, jsonOf, objectOf, wholeOf } from './stored.ts'

const resource = resourceOf(ConfigMaps as unknown as Kind)

function configMap(data: Record<string, string>, managedFields: object[]): KubeObject {
  const annotations = { note: 'with a\ttab, ],"managedFields":[ and "quotes"' }
  const metadata = { name: 'a', namespace: 'b', annotations, ...(managedFields.length > 0 && { managedFields }) }
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata, data } as unknown as KubeObject
}

function entryOf(object: KubeObject) {
  return { key: '/registry/configmaps/b/a', value: encodeStored(resource, object), createRevision: 7, modRevision: 7 }
}

describe('stored managedFields', () => {
  const set = fc.dictionary(
    fc.string().map((name) => `f:${name}`),
    fc.constantFrom({}, { '.': {} }, { 'k:{"name":"]}\t"}': {} }),
  )
  const owner = fc.record(
    { manager: fc.string(), operation: fc.constant('Update'), fieldsV1: set, subresource: fc.string() },
    { requiredKeys: ['manager', 'operation'] },
  )

  it('have their fields in order, however they came about', () => {
    const owner = (fieldsV1: object) => ({
      manager: 'm',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1,
    })
    for (let time = 0; time < 2; time++) {
      const object = configMap({}, [owner({ 'f:b': {}, 'f:a': { 'k:{"z":1}': { 'f:x': {}, '.': {} } } })])
      assert.match(
        entryOf(object).value.toString(),
        /"fieldsV1":\t\{"f:a":\{"k:\{\\"z\\":1\}":\{"\.":\{\},"f:x":\{\}\}\},"f:b":\{\}\}\t/,
      )
    }
  })

  it('come back with the object, and are not in its decoded form', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.array(owner), (data, owners) => {
        const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
        const object = plain(configMap(data, owners)) as KubeObject
        const entry = entryOf(object)
        const { managedFields = [], ...metadata } = object.metadata
        assert.deepEqual(
          plain(objectOf(resource, entry)),
          plain({ ...object, metadata: { ...metadata, resourceVersion: '7' } }),
        )
        const expected = managedFields.map((one) => ({ fieldsV1: {}, ...one }))
        assert.deepEqual(plain(wholeOf(resource, entry).metadata.managedFields ?? []), plain(expected))
        const sent = JSON.parse(jsonOf(resource, entry).toString()) as KubeObject
        assert.deepEqual(sent.metadata.managedFields ?? [], plain(expected))
        assert.deepEqual((sent as { data?: unknown }).data, plain(data))
      }),
    )
  })
})
