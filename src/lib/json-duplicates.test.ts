import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { duplicateKeys, mayRepeatKeys } from './json-duplicates.ts'

describe('duplicateKeys', () => {
  const cases: Record<string, string[]> = {
    '{}': [],
    '"a,{"': [],
    '{"a":1,"b":{"a":2}}': [],
    '{"a":1,"a":2}': ['a'],
    '{"spec":{"c":[{"n":1},{"n":1,"n":2}]}}': ['spec.c[1].n'],
    '{"a":"\\"a\\":","b":{"a":1},"\\u0061":2}': ['a'],
    '[{"a":1},{"a":1}]': [],
    '{"a":[1,2,"x,y"],"b":"{\\"a\\":1,\\"a\\":1}","c":"\\\\","c":0}': ['c'],
    ' { "a" : { } , "a" : [ ] , "a" : null } ': ['a', 'a'],
    '{"__proto__":1,"__proto__":2}': ['__proto__'],
  }
  for (const [text, expected] of Object.entries(cases)) {
    it(`finds ${JSON.stringify(expected)} in ${text}`, () => {
      assert.deepEqual(duplicateKeys(text), expected)
      assert.equal(mayRepeatKeys(text, JSON.parse(text)), expected.length > 0)
    })
  }

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(duplicateKeys(text), [])
        assert.equal(mayRepeatKeys(text, JSON.parse(text)), false)
      }),
    )
  })
})
