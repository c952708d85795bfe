import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatDuration, formatMicroTime, formatTime, parseDuration, parseTime, parseTimestamp } from './time.ts'
import { percentOf, scaledValue } from './int-or-string.ts'

describe('times', () => {
  it('are written in whole seconds, or with six digits', () => {
    assert.equal(formatTime(1_700_000_000_999), '2023-11-14T22:13:20Z')
    assert.equal(formatMicroTime(1_700_000_000_001.5), '2023-11-14T22:13:20.001500Z')
  })

  it('are read with any zone and fraction', () => {
    assert.equal(parseTime('2023-11-14T23:13:20.25+01:00'), 1_700_000_000_250)
    assert.deepEqual(parseTimestamp('1969-12-31T23:59:59.5Z'), { seconds: -1, nanos: 500_000_000 })
  })

  it('are not guessed', () => {
    for (const text of ['', '2023-11-14', '2023-11-14 22:13:20Z', '2023-13-14T22:13:20Z', 'now']) {
      assert.ok(Number.isNaN(parseTime(text)), text)
    }
  })
})

describe('durations', () => {
  const cases: readonly [string, bigint, string?][] = [
    ['0', 0n, '0s'],
    ['0s', 0n],
    ['1ns', 1n],
    ['1.5µs', 1500n],
    ['2ms', 2_000_000n],
    ['1h15m30.918273645s', 4_530_918_273_645n],
    ['90m', 5_400_000_000_000n, '1h30m0s'],
    ['1m', 60_000_000_000n, '1m0s'],
    ['-1.5h', -5_400_000_000_000n, '-1h30m0s'],
  ]
  for (const [text, nanos, written = text] of cases) {
    it(`reads ${text} and writes ${written}`, () => {
      assert.equal(parseDuration(text), nanos)
      assert.equal(formatDuration(nanos), written)
    })
  }

  it('are refused without a unit', () => {
    for (const text of ['', '1', 's', '1x', '1s ', '1.s.', '9999999999h'])
      assert.equal(parseDuration(text), undefined, text)
  })
})

describe('scaledValue', () => {
  it('takes numbers as they are and shares of a total rounded as asked', () => {
    assert.equal(scaledValue(3, 10, 'up'), 3)
    assert.equal(scaledValue('25%', 10, 'up'), 3)
    assert.equal(scaledValue('25%', 10, 'down'), 2)
    assert.throws(() => scaledValue('3', 10, 'up'), { code: 'invalid' })
    assert.equal(percentOf('110%'), 110)
  })
})
