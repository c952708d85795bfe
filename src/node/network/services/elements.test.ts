import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { diffElements, ElementTable, mergeChanges } from './elements.ts'
import type { ElementChange, Elements } from './elements.ts'

function elements(entries: Readonly<Record<string, string>>): Elements {
  return new Map([['m', new Map(Object.entries(entries))]])
}

/** What the kernel has after `changes`; fails like the kernel when they do not fit what is there. */
function applyTo(kernel: Map<string, string>, changes: readonly ElementChange[]): void {
  for (const { key, before, after } of changes) {
    assert.equal(kernel.get(key), before)
    if (after === undefined) kernel.delete(key)
    else kernel.set(key, after)
  }
}

describe('ElementTable', () => {
  it('gives a key to the one with the lower rank, and to the next one when that lets go', () => {
    const table = new ElementTable()
    assert.equal(table.set('young', '2', elements({ k: 'young' })).length, 1)
    assert.deepEqual(table.set('old', '1', elements({ k: 'old' })), [
      { map: 'm', key: 'k', before: 'young', after: 'old' },
    ])
    assert.deepEqual(table.lost('young'), [{ map: 'm', key: 'k', to: 'old' }])
    assert.deepEqual(table.set('old', '1', new Map()), [{ map: 'm', key: 'k', before: 'old', after: 'young' }])
    assert.deepEqual(table.lost('young'), [])
  })

  it('tells changes that always lead to what it says should be there', () => {
    const wanted = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'))
    const step = fc.record({ owner: fc.constantFrom('x', 'y', 'z'), wanted })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const table = new ElementTable()
        const kernel = new Map<string, string>()
        const merged = new Map<string, string>()
        const all: ElementChange[] = []
        for (const { owner, wanted } of steps) {
          const changes = table.set(owner, owner, elements(wanted))
          applyTo(kernel, changes)
          all.push(...changes)
        }
        assert.deepEqual(kernel, table.elements().get('m') ?? new Map())
        applyTo(merged, mergeChanges(all))
        assert.deepEqual(merged, kernel)
      }),
    )
  })
})

describe('diffElements', () => {
  it('tells what comes, goes and changes', () => {
    assert.deepEqual(diffElements(elements({ a: '1', b: '2', c: '3' }), elements({ b: '2', c: '4', d: '5' })), [
      { map: 'm', key: 'a', before: '1', after: undefined },
      { map: 'm', key: 'c', before: '3', after: '4' },
      { map: 'm', key: 'd', before: undefined, after: '5' },
    ])
  })
})
