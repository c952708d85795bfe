import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Heap } from './heap.ts'

describe('Heap', () => {
  it('gives its elements back in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new Heap<number>((a, b) => a < b)
        for (const n of numbers) heap.push(n)
        const popped: number[] = []
        for (let n = heap.pop(); n !== undefined; n = heap.pop()) popped.push(n)
        assert.deepEqual(
          popped,
          numbers.toSorted((a, b) => a - b),
        )
        assert.equal(heap.size, 0)
      }),
    )
  })
})
