import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createdFields } from './created-fields.ts'
import { leaf, union } from './field-set.ts'
import type { JsonObject } from './json.ts'
import type { MergeSchema } from './merge-schema.ts'
import { unknownSchema } from './merge-schema.ts'
import { compare } from './structured-compare.ts'

const text: MergeSchema = { scalar: 'string' }
const item: MergeSchema = mapOf({
  name: text,
  port: { scalar: 'number' },
  labels: { map: keyed(text) },
  any: unknownSchema,
})
const schema: MergeSchema = mapOf({
  spec: mapOf({
    name: text,
    items: { list: { items: 'map', keys: ['name', 'port'], keyDefaults: { port: 80 }, element: item } },
    set: { list: { items: 'set', keys: [], keyDefaults: {}, element: text } },
    atomic: { list: { items: 'atomic', keys: [], keyDefaults: {}, element: text } },
    selector: { map: { ...keyed(text), atomic: true } },
    any: unknownSchema,
  }),
  data: { map: keyed(text) },
})
const blank = { spec: { name: '', items: [], set: [] }, data: {} }

function mapOf(fields: Record<string, MergeSchema>): MergeSchema {
  return {
    map: {
      atomic: false,
      field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
      element: undefined,
    },
  }
}

function keyed(element: MergeSchema) {
  return { atomic: false, field: () => undefined, element }
}

describe('createdFields', () => {
  const some = fc.constantFrom('', 'a', 'b"c', 'f:x')
  const dictionary = fc.dictionary(fc.constantFrom('a', 'b', '"', '__proto__', '1'), some, { noNullPrototype: true })
  const optional = { requiredKeys: [] }
  const items = fc.array(
    fc.record(
      { name: some, port: fc.constantFrom(80, 81), labels: dictionary, any: fc.jsonValue(), odd: some },
      optional,
    ),
  )
  const object = fc.record(
    {
      spec: fc.record(
        { name: some, items, set: fc.array(some), atomic: fc.array(some), selector: dictionary, any: fc.jsonValue() },
        optional,
      ),
      data: dictionary,
      unknown: some,
    },
    optional,
  )

  it('writes what a comparison with the blank object finds', () => {
    fc.assert(
      fc.property(object, (made) => {
        const difference = compare(blank, made, schema)
        const expected = union(difference?.added ?? leaf, difference?.modified ?? leaf)
        const written = createdFields(blank, made as unknown as JsonObject, schema)
        assert.deepEqual(JSON.parse(written!), JSON.parse(JSON.stringify(expected)))
      }),
    )
  })

  it('leaves to the comparison what has another form than its blank', () => {
    assert.equal(createdFields({ any: {} }, { any: [1] }, mapOf({ any: unknownSchema })), undefined)
  })
})
