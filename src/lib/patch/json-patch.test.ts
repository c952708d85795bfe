import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isWherryError } from '../errors.ts'
import { applyJsonPatch, jsonPatchOperationsMax } from './json-patch.ts'
import { applyMergePatch } from './merge-patch.ts'
import { sameJson } from './json.ts'

const op = (op: string, path: string, more: object = {}) => ({ op, path, ...more })

describe('applyJsonPatch', () => {
  const cases: [string, unknown, unknown[], unknown][] = [
    ['adds a key', { a: 1 }, [op('add', '/b', { value: 2 })], { a: 1, b: 2 }],
    ['adds null', {}, [op('add', '/b', { value: null })], { b: null }],
    ['inserts into a list', [1, 3], [op('add', '/1', { value: 2 })], [1, 2, 3]],
    ['appends with a dash', [1], [op('add', '/-', { value: 2 })], [1, 2]],
    ['counts from the end', [1, 2, 3], [op('remove', '/-1')], [1, 2]],
    ['appends at the end by number', [1], [op('add', '/1', { value: 2 })], [1, 2]],
    [
      'unescapes tokens',
      { 'a/b': 1, '~1': 2 },
      [op('remove', '/a~1b'), op('replace', '/~01', { value: 3 })],
      { '~1': 3 },
    ],
    ['replaces the document', { a: 1 }, [op('replace', '', { value: { b: 1 } })], { b: 1 }],
    ['moves', { a: { b: 1 } }, [op('move', '/c', { from: '/a/b' })], { a: {}, c: 1 }],
    ['moves within a list', [1, 2, 3], [op('move', '/0', { from: '/2' })], [3, 1, 2]],
    ['copies', { a: [1] }, [op('copy', '/b', { from: '/a' }), op('add', '/b/-', { value: 2 })], { a: [1], b: [1, 2] }],
    ['tests', { a: { b: [1] } }, [op('test', '/a', { value: { b: [1] } })], { a: { b: [1] } }],
    ['has empty keys', { '': 1 }, [op('replace', '/', { value: 2 })], { '': 2 }],
  ]
  for (const [what, target, patch, expected] of cases) {
    it(what, () => {
      const before = structuredClone(target)
      assert.deepEqual(applyJsonPatch(target, patch), expected)
      assert.deepEqual(target, before)
    })
  }

  const refused: [string, unknown, unknown, string, RegExp][] = [
    ['a failed test', { a: 1 }, [op('test', '/a', { value: 2 })], 'invalid', /testing value \/a failed: test failed/],
    ['a missing parent', {}, [op('add', '/a/b', { value: 1 })], 'invalid', /doc is missing path: "\/a\/b"/],
    ['a missing key', {}, [op('remove', '/a')], 'invalid', /Unable to remove nonexistent key: a/],
    ['a replace of nothing', {}, [op('replace', '/a', { value: 1 })], 'invalid', /missing key: \/a/],
    ['an index past the end', [1], [op('add', '/2', { value: 1 })], 'invalid', /invalid index: 2/],
    ['an index that is none', [1], [op('add', '/x', { value: 1 })], 'invalid', /proper array index: 'x'/],
    ['an unknown operation', {}, [op('smile', '/a')], 'invalid', /Unexpected kind: smile/],
    ['a move into itself', { a: {} }, [op('move', '/a/b', { from: '/a' })], 'invalid', /into itself/],
    ['no value', {}, [op('add', '/a')], 'invalid', /missing value/],
    ['no list', {}, { op: 'add' }, 'bad-request', /list of operations/],
    ['no object', {}, [1], 'bad-request', /operation 0/],
    ['too many', {}, Array.from({ length: jsonPatchOperationsMax + 1 }), 'too-large', /allowed maximum operations/],
  ]
  for (const [what, target, patch, code, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => applyJsonPatch(target, patch),
        (error) => isWherryError(error) && error.code === code && message.test(error.message),
      )
    })
  }

  it('refuses copies that add up to too much', () => {
    const patch = Array.from({ length: 40 }, () => op('copy', '/a/-', { from: '/a' }))
    assert.throws(() => applyJsonPatch({ a: ['x'.repeat(100)] }, patch), /accumulated size increase/)
  })

  it('takes __proto__ for a key like any other', () => {
    const result = applyJsonPatch({}, [
      op('add', '/__proto__', { value: { x: 1 } }),
      op('add', '/__proto__/y', { value: 2 }),
    ])
    assert.equal(JSON.stringify(result), '{"__proto__":{"x":1,"y":2}}')
    assert.equal(Object.getPrototypeOf(result), Object.prototype)
    assert.throws(() => applyJsonPatch({}, [op('add', '/__proto__/y', { value: 2 })]), /missing path/)
    assert.throws(() => applyJsonPatch({}, [op('add', '/constructor/y', { value: 2 })]), /missing path/)
  })

  it('never changes its input, and every add can be undone', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (target, key, value) => {
        const path = '/' + key.replaceAll('~', '~0').replaceAll('/', '~1')
        const before = JSON.stringify(target)
        const added = applyJsonPatch(target, [op('add', path, { value })])
        const again = applyJsonPatch(added, [op('test', path, { value }), op('remove', path)])
        assert.equal(JSON.stringify(target), before)
        if (!Object.hasOwn(target, key)) assert.ok(sameJson(again, target))
      }),
    )
  })
})

describe('applyMergePatch', () => {
  // The table of RFC 7386, appendix A.
  const cases: [unknown, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]
  for (const [target, patch, expected] of cases) {
    it(`${JSON.stringify(target)} + ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(applyMergePatch(target, patch), expected)
    })
  }

  it('takes __proto__ for a key like any other', () => {
    const result = applyMergePatch({}, JSON.parse('{"__proto__":{"x":1}}')) as { x?: number }
    assert.equal(result.x, undefined)
    assert.equal(JSON.stringify(result), '{"__proto__":{"x":1}}')
  })

  it('gives the same when applied twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = applyMergePatch(target, patch)
        assert.ok(sameJson(applyMergePatch(once, patch), once))
      }),
    )
  })
})
