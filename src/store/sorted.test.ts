import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { endOfPrefix, SortedItems } from './sorted.ts'

const pad = (n: number): string => `/r/${String(n).padStart(6, '0')}`

function keysIn(items: SortedItems<{ key: string }>, from: string, to: string | undefined): string[] {
  const keys: string[] = []
  items.walk(from, to, ({ key }) => keys.push(key) > 0)
  return keys
}

describe('SortedItems', () => {
  const orders: Readonly<Record<string, (n: number) => number>> = {
    'in order': (n) => n,
    'in reverse': (n) => 20_000 - n,
    'in no order': (n) => (n * 7919) % 20_011,
  }
  for (const [name, order] of Object.entries(orders)) {
    it(`keeps thousands of keys that come ${name}, and loses them again`, () => {
      const items = new SortedItems<{ key: string }>()
      const there = new Set<string>()
      for (let n = 0; n < 5000; n++) {
        items.add({ key: pad(order(n)) })
        there.add(pad(order(n)))
      }
      const check = (): void => {
        const sorted = [...there].toSorted()
        assert.equal(items.size, sorted.length)
        assert.deepEqual(keysIn(items, '', undefined), sorted)
        for (const [from, to] of [
          ['/r/', '/r0'],
          [pad(3000), pad(9000)],
          ['/a', '/b'],
          ['/z', undefined],
          [pad(12_345), undefined],
        ] as const) {
          const expected = sorted.filter((key) => key >= from && (to === undefined || key < to))
          assert.deepEqual(keysIn(items, from, to), expected)
          assert.equal(items.count(from, to), expected.length, `${from} to ${to}`)
        }
      }
      check()
      const random = seededRandom(1)
      for (const key of there) {
        if (random() < 0.8) continue
        there.delete(key)
        items.remove(key)
      }
      items.remove('/r/none')
      check()
      for (const key of [...there].slice(10)) {
        there.delete(key)
        items.remove(key)
      }
      check()
    })
  }

  it('stops walking when it is told to', () => {
    const items = new SortedItems<{ key: string }>()
    for (let n = 0; n < 2000; n++) items.add({ key: pad(n) })
    let seen = 0
    items.walk(pad(100), undefined, () => ++seen < 700)
    assert.equal(seen, 700)
  })
})

describe('endOfPrefix', () => {
  it('is the first key beyond a prefix', () => {
    assert.deepEqual([endOfPrefix('/r/'), endOfPrefix('/r/a'), endOfPrefix('')], ['/r0', '/r/b', undefined])
  })
})
