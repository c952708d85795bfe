import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Deployments } from '../../apps/deployment.ts'
import { Pods } from '../../core/pod.ts'
import { Services } from '../../core/service.ts'
import type { ListSchema, MapSchema, MergeSchema } from '../../../lib/patch/merge-schema.ts'
import { mergeSchemaOf } from './merge-schema-of.ts'

const reference = new URL('../../../../../shared/kubernetes/openapi/structured-merge-schema.json.gz', import.meta.url)

interface RefType {
  readonly namedType?: string
  readonly scalar?: string
  readonly list?: { elementType: RefType; elementRelationship: string; keys?: string[] }
  readonly map?: {
    fields?: { name: string; type: RefType; default?: unknown }[]
    elementType?: RefType
    elementRelationship?: string
  }
}

describe('mergeSchemaOf', () => {
  const skip = existsSync(reference) ? false : 'the reference data is not there'

  for (const kind of [Pods, Deployments, Services]) {
    it(`says of ${kind.plural} what the reference says`, { skip }, () => {
      const { types } = JSON.parse(gunzipSync(readFileSync(reference)).toString()) as {
        types: (RefType & { name: string })[]
      }
      const byName = new Map(types.map((type) => [type.name, type]))
      const seen = new Set<string>()
      const resolve = (type: RefType): RefType => (type.namedType === undefined ? type : byName.get(type.namedType)!)
      const check = (type: RefType, schema: MergeSchema | undefined, path: string): void => {
        assert.ok(schema, path)
        if (type.namedType !== undefined) {
          // Below a list of anything nothing is merged, so that there is nothing to say of its items.
          if (seen.has(type.namedType) || type.namedType.startsWith('__untyped')) return
          seen.add(type.namedType)
        }
        const { list, map } = resolve(type)
        assert.equal(schema.list !== undefined, list !== undefined, path)
        assert.equal(schema.map !== undefined, map !== undefined, path)
        if (list !== undefined) checkList(list, schema.list!, path)
        if (map !== undefined) checkMap(map, schema.map!, path)
      }
      const checkList = (list: NonNullable<RefType['list']>, schema: ListSchema, path: string): void => {
        const items = list.elementRelationship === 'atomic' ? 'atomic' : list.keys === undefined ? 'set' : 'map'
        assert.equal(schema.items, items, path)
        assert.deepEqual(schema.keys, (list.keys ?? []).toSorted(), path)
        const fields = resolve(list.elementType).map?.fields ?? []
        for (const key of list.keys ?? []) {
          assert.equal(schema.keyDefaults[key], fields.find(({ name }) => name === key)?.default, `${path} ${key}`)
        }
        check(list.elementType, schema.element, `${path}[]`)
      }
      const checkMap = (map: NonNullable<RefType['map']>, schema: MapSchema, path: string): void => {
        assert.equal(schema.atomic, map.elementRelationship === 'atomic', path)
        for (const { name, type } of map.fields ?? []) check(type, schema.field(name), `${path}.${name}`)
        if (map.elementType !== undefined) check(map.elementType, schema.element, `${path}.*`)
      }
      check({ namedType: kind.message.openApiName }, mergeSchemaOf(kind.message), kind.plural)
      assert.ok(seen.size > 10)
    })
  }
})
