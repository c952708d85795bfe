import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  difference,
  differenceBelow,
  filterPaths,
  forEachPath,
  hasPath,
  intersection,
  readFieldSet,
  sameSet,
  showPath,
  union,
  type FieldSet,
  type FieldSetBuilder,
} from './field-set.ts'

/** Paths as text, so that plain sets can check the trees. */
function pathsOf(set: FieldSet): Set<string> {
  const paths = new Set<string>()
  forEachPath(set, (path) => paths.add(path.join(' ')))
  return paths
}

function setOf(paths: Iterable<string>): FieldSet {
  let set: FieldSet = {}
  for (const path of paths) {
    let node: FieldSetBuilder = {}
    for (const element of path.split(' ').toReversed()) node = { [element]: node }
    set = union(set, node)
  }
  return set
}

const element = fc.constantFrom('f:a', 'f:b', 'v:1', 'k:{"name":"x"}')
const anySet = fc.array(fc.array(element, { minLength: 1, maxLength: 3 }).map((path) => path.join(' '))).map(setOf)

describe('field sets', () => {
  it('behave as sets of paths', () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        const [left, right] = [pathsOf(a), pathsOf(b)]
        assert.deepEqual(pathsOf(union(a, b)), left.union(right))
        assert.deepEqual(pathsOf(intersection(a, b)), left.intersection(right))
        assert.deepEqual(pathsOf(difference(a, b)), left.difference(right))
        const below = [...left].filter((path) => ![...right].some((other) => `${path} `.startsWith(`${other} `)))
        assert.deepEqual(pathsOf(differenceBelow(a, b)), new Set(below))
        assert.equal(sameSet(a, b), left.symmetricDifference(right).size === 0)
        for (const path of left) assert.equal(hasPath(b, path.split(' ')), right.has(path))
        const [first] = left
        assert.deepEqual(
          pathsOf(filterPaths(a, (path) => path.join(' ') === first)),
          new Set(left.size > 0 ? [first] : []),
        )
      }),
    )
  })

  it('survive being written and read', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        assert.ok(sameSet(readFieldSet(JSON.parse(JSON.stringify(set)))!, set))
      }),
    )
  })

  it('refuse what is none', () => {
    for (const wrong of [[], 'x', { a: {} }, { 'f:a': 1 }, { 'f:a': { b: {} } }, { 'k:{x': {} }, { '.': {} }]) {
      assert.equal(readFieldSet(wrong), undefined, JSON.stringify(wrong))
    }
    assert.equal(readFieldSet(JSON.parse('{"__proto__":{}}')), undefined)
  })

  it('show their paths as people know them', () => {
    const path = ['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:x', 'v:"y"', 'i:3']
    assert.equal(showPath(path), '.spec.ports[port=80,protocol="TCP"].x[="y"][3]')
  })
})
