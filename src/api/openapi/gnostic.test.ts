import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pods } from '../core/pod.ts'
import { Reader } from '../meta/wire.ts'
import { encodeGnostic } from './gnostic.ts'
import { openApiV2 } from './v2.ts'

/** The inner messages or texts of a message, by the number of their field. */
function fieldsOf(bytes: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>()
  const from = new Reader(bytes)
  while (!from.done) {
    const tag = from.tag()
    if (tag % 8 === 2) fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), from.bytes()])
    else from.skip(tag % 8)
  }
  return fields
}

/** Entries of a map that is written as messages of name and value. */
function entriesOf(messages: readonly Buffer[] = []): Record<string, Buffer> {
  return Object.fromEntries(
    messages.map((entry) => {
      const fields = fieldsOf(entry)
      return [String(fields.get(1)![0]), fields.get(2)![0]!]
    }),
  )
}

describe('encodeGnostic', () => {
  const document = openApiV2([Pods], 'v1.36.0') as any
  const fields = fieldsOf(encodeGnostic(document))

  it('has every path and definition', () => {
    const paths = entriesOf(fieldsOf(fields.get(8)![0]!).get(2))
    assert.deepEqual(Object.keys(paths), Object.keys(document.paths))
    const definitions = entriesOf(fieldsOf(fields.get(9)![0]!).get(1))
    assert.deepEqual(Object.keys(definitions), Object.keys(document.definitions))
  })

  it('says of an operation what clients look for', () => {
    const paths = entriesOf(fieldsOf(fields.get(8)![0]!).get(2))
    const patch = fieldsOf(fieldsOf(paths['/api/v1/namespaces/{namespace}/pods/{name}']!).get(8)![0]!)
    assert.equal(String(patch.get(5)), 'patchCoreV1NamespacedPod')
    const extensions = entriesOf(patch.get(13))
    const about = String(fieldsOf(extensions['x-kubernetes-group-version-kind']!).get(2))
    assert.deepEqual(JSON.parse(about), { group: '', version: 'v1', kind: 'Pod' })
    const names = patch.get(8)!.map((item) => {
      const parameter = fieldsOf(fieldsOf(item).get(1)![0]!)
      const [body] = parameter.get(1) ?? []
      return body === undefined
        ? String(fieldsOf(fieldsOf(parameter.get(2)![0]!).get(3)![0]!).get(4))
        : String(fieldsOf(body).get(2))
    })
    assert.deepEqual(names, ['body', 'dryRun', 'fieldManager', 'fieldValidation', 'force'])
  })
})
