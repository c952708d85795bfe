import assert from 'node:assert/strict'
import { it } from 'node:test'
import { duplicateKeys } from './json-duplicates.ts'

const duplicatesIn = (text: string): string[] => duplicateKeys(text, JSON.parse(text))

it('names keys that stand twice in one object', () => {
  assert.deepEqual(duplicatesIn('{"a":1,"b":{"c":1,"c":2},"a":2}'), ['b.c', 'a'])
  assert.deepEqual(duplicatesIn('{"l":[{"x":1},{"x":1,"y":[1,2],"x":2}]}'), ['l[1].x'])
  assert.deepEqual(duplicatesIn('{"a":1, "\\u0061" : 2}'), ['a'])
  assert.deepEqual(duplicatesIn('[[{"a":1,"a":1,"a":1}]]'), ['[0][0].a'])
})

it('is not misled by what strings contain', () => {
  assert.deepEqual(duplicatesIn('{"a":"\\"a\\":","b":"{\\"a\\":1,","c":"\\\\"}'), [])
  assert.deepEqual(duplicatesIn('{":":":",",":",\\":"}'), [])
  assert.deepEqual(duplicatesIn('{"__proto__":{"a":1}}'), [])
})
