import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  isQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityOf,
  quantityValue,
  subtractQuantities,
} from './quantity.ts'

describe('canonicalQuantity', () => {
  const cases: Record<string, string> = {
    '0': '0',
    '-0': '0',
    '0Ki': '0',
    '1': '1',
    '+1': '1',
    '1.': '1',
    '.5': '500m',
    '0.5': '500m',
    '1000m': '1',
    '1500m': '1500m',
    '100000': '100k',
    '123000': '123k',
    '1e3': '1e3',
    '12E6': '12e6',
    '1e0': '1',
    '1E': '1E',
    '1024Mi': '1Gi',
    '1.5Gi': '1536Mi',
    '0.5Mi': '512Ki',
    '0.1Ki': '102400m',
    '1000Ki': '1000Ki',
    '1023': '1023',
    '1Ki': '1Ki',
    '-2Ki': '-2Ki',
    '0.0000000001': '1n',
    '-0.0000000001': '-1n',
    '1e-30': '1e-9',
    '1025.5Ki': '1050112',
    '1.001Ki': '1026',
    '9223372036854775807': '9223372036854775807',
    '9223372036854775808': '9223372036854775807',
    '1e999999': '9223372036854775807',
    '100Ei': '9223372036854775807',
  }
  for (const [text, canonical] of Object.entries(cases)) {
    it(`writes ${text} as ${canonical}`, () => assert.equal(canonicalQuantity(text), canonical))
  }

  it('takes numbers as JSON has them', () => {
    assert.equal(canonicalQuantity(0.25), '250m')
    assert.equal(canonicalQuantity(2), '2')
  })

  it('is the same when applied twice, and means the same amount', () => {
    const suffix = fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-2')
    const amount = fc
      .tuple(fc.integer(), fc.nat(999), suffix)
      .map(([whole, part, end]) => (end.endsWith('i') ? `${whole}${end}` : `${whole}.${part}${end}`))
    fc.assert(
      fc.property(amount, (text) => {
        const once = canonicalQuantity(text)
        assert.equal(canonicalQuantity(once), once)
        assert.equal(compareQuantities(text, once), 0)
      }),
    )
  })
})

describe('parseQuantity', () => {
  for (const text of [
    '',
    ' 1',
    '1 ',
    '1.2.3',
    'abc',
    '1Kib',
    '1ki',
    '--1',
    '1e',
    '1e+',
    '.',
    '1K',
    '0x10',
    '1,5',
    '１',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      if (text === '1e') assert.equal(isQuantity('1e'), false)
      assert.equal(isQuantity(text), false)
      assert.throws(() => parseQuantity(text), { code: 'bad-request' })
    })
  }

  it('refuses long nonsense quickly', () => assert.equal(isQuantity(`${'1'.repeat(100_000)}x`), false))
})

const sum = (a: string, b: string): string => formatQuantity(addQuantities(parseQuantity(a), parseQuantity(b)))
const difference = (a: string, b: string): string =>
  formatQuantity(subtractQuantities(parseQuantity(a), parseQuantity(b)))

describe('arithmetic', () => {
  it('is exact and keeps the way of writing of the left side', () => {
    assert.equal(sum('0.1', '0.2'), '300m')
    assert.equal(sum('1Gi', '1'), '1073741825')
    assert.equal(sum('512Mi', '512Mi'), '1Gi')
    assert.equal(sum('0', '1Gi'), '1Gi')
    assert.equal(difference('1', '1m'), '999m')
    assert.equal(difference('1Mi', '2Mi'), '-1Mi')
  })

  it('compares amounts, not texts', () => {
    assert.equal(compareQuantities('1Gi', '1024Mi'), 0)
    assert.ok(compareQuantities('1G', '1Gi') < 0)
    assert.ok(compareQuantities('0.1', '99m') > 0)
  })

  it('rounds away from zero where a whole number is asked for', () => {
    assert.equal(quantityValue('100m'), 1)
    assert.equal(quantityValue('-100m'), -1)
    assert.equal(quantityMilliValue('1.5'), 1500)
    assert.equal(quantityMilliValue('1u'), 1)
    assert.equal(quantityOf(1024 ** 3, 'binary'), '1Gi')
  })
})
