import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { readFacts } from '../../../tools/kinds/facts.ts'
import { messageMaker } from '../../../tools/kinds/messages.ts'
import { fileOf } from '../../../tools/kinds/plan.ts'
import { linesOf } from './layout.ts'
import { messageOf } from './schema.ts'
import type { ElementType, Message } from './schema.ts'

const reference = join(import.meta.dirname, '../../../../shared/kubernetes')
const skip = !existsSync(reference) && 'no reference data beside the checkout'

interface MergeType {
  readonly list?: { readonly elementRelationship: string; readonly keys?: readonly string[] }
  readonly map?: { readonly elementRelationship?: string }
  readonly namedType?: string
  readonly elementRelationship?: string
}

interface MergeSchema {
  readonly name: string
  readonly map?: { readonly elementRelationship?: string; readonly fields?: readonly MergeField[] }
}

interface MergeField {
  readonly name: string
  readonly type: MergeType
  readonly default?: unknown
}

describe('the tables', { skip }, async () => {
  const facts = readFacts(reference)
  const make = messageMaker(facts)
  const messages = new Map<string, Message>()
  for (const pkg of facts.packages.values()) {
    const file = fileOf(pkg)
    if (file === undefined) continue
    const tables = (await import(`../${file}`)) as Record<string, Message>
    for (const name of pkg.messages.keys()) messages.set(`${pkg.proto}.${name}`, tables[name]!)
  }

  it('still say what the reference says, sentences and what we added aside', () => {
    for (const [protoName, message] of messages) {
      const source = make(protoName)
      assert.deepEqual(Object.keys(message.fields), Object.keys(source.fields), protoName)
      for (const [name, field] of Object.entries(message.fields)) {
        const { options, element, ...rest } = field
        const { options: expected, element: expectedElement, ...expectedRest } = source.fields[name]!
        assert.deepEqual(rest, expectedRest, `${protoName}.${name}`)
        assert.equal(nameOf(element), nameOf(expectedElement), `${protoName}.${name}`)
        assert.deepEqual({ ...options, ...expected }, options, `${protoName}.${name}`)
      }
      const { group, version, openApiName, object, atomic, union } = source
      assert.deepEqual({ ...message, group, version, openApiName, object, atomic, union }, message, protoName)
    }
  })

  it('agree with the merge schema of server-side apply', () => {
    const path = join(reference, 'openapi/structured-merge-schema.json.gz')
    const { types } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { types: readonly MergeSchema[] }
    const byName = new Map(types.map((type) => [type.name, type]))
    let compared = 0
    for (const message of messages.values()) {
      const type = byName.get(message.openApiName)
      if (type?.map?.fields === undefined || message.union !== undefined) continue
      assert.equal(message.atomic, type.map.elementRelationship === 'atomic', message.openApiName)
      const fields = new Map(type.map.fields.map((field) => [field.name, field]))
      for (const { name, field } of linesOf(message)) {
        const expected = fields.get(name)
        assert.ok(expected, `${message.openApiName}.${name}`)
        assert.deepEqual(
          semanticsOf(field.shape, field.options),
          mergeSemanticsOf(expected.type),
          `${message.openApiName}.${name}`,
        )
        if (!isBlank(expected.default))
          assert.deepEqual(field.options.default, expected.default, `${message.openApiName}.${name}`)
        compared++
      }
    }
    assert.ok(compared > 1700, `${compared} fields compared`)
  })
})

function nameOf(element: ElementType): string {
  return messageOf(element)?.protoName ?? (element as string)
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || value === false || JSON.stringify(value) === '{}'
}

function semanticsOf(shape: string, options: Message['fields'][string]['options']): unknown {
  if (shape === 'list') {
    if (options.list === 'set') return 'set'
    return options.list === 'map' ? options.keys : 'atomic'
  }
  if (options.granular === true) return 'separable'
  return options.atomic === true ? 'atomic' : 'plain'
}

function mergeSemanticsOf({ list, map, elementRelationship }: MergeType): unknown {
  if (list !== undefined) return list.elementRelationship === 'atomic' ? 'atomic' : (list.keys ?? 'set')
  return elementRelationship ?? map?.elementRelationship ?? 'plain'
}
