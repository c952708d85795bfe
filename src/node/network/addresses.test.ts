import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  addressAt,
  contains,
  formatAddress,
  formatCidr,
  hardwareAddressFor,
  parseAddress,
  parseCidr,
} from './addresses.ts'

describe('parseAddress', () => {
  it('reads what formatAddress writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        assert.equal(parseAddress(formatAddress(value)), value)
      }),
    )
  })

  it('reads nothing else', () => {
    const wrong = [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '256.0.0.1',
      '01.2.3.4',
      '1.2.3.4 ',
      '::1',
      '1.2.3.-4',
      '1e1.2.3.4',
      '0x1.2.3.4',
    ]
    for (const text of wrong) assert.equal(parseAddress(text), undefined, text)
  })
})

describe('parseCidr', () => {
  it('tells the range', () => {
    const range = parseCidr('10.244.3.0/24')
    assert.equal(formatCidr(range), '10.244.3.0/24')
    assert.equal(addressAt(range, 1), '10.244.3.1')
    assert.equal(contains(range, parseAddress('10.244.3.255')!), true)
    assert.equal(contains(range, parseAddress('10.244.4.0')!), false)
  })

  it('refuses what is none', () => {
    for (const text of ['', '10.0.0.0', '10.0.0.0/33', '10.0.0.1/24', '10.0.0.0/24/1', '10.0.0.0/', 'fd00::/64']) {
      assert.throws(() => parseCidr(text), /is not a range/, text)
    }
  })
})

describe('hardwareAddressFor', () => {
  it('is the same on every node', () => assert.equal(hardwareAddressFor('10.244.3.0'), '0a:58:0a:f4:03:00'))
})
