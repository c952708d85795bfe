import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ageOf, humanDuration } from './ages.ts'

it('shows durations as kubectl does', () => {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]
  const cases: [number, string][] = [
    [-5 * second, '<invalid>'],
    [-second, '0s'],
    [0, '0s'],
    [119 * second, '119s'],
    [120 * second, '2m'],
    [125 * second, '2m5s'],
    [10 * minute, '10m'],
    [179 * minute, '179m'],
    [180 * minute, '3h'],
    [3 * hour + 5 * minute, '3h5m'],
    [8 * hour, '8h'],
    [47 * hour, '47h'],
    [48 * hour, '2d'],
    [49 * hour, '2d1h'],
    [8 * day, '8d'],
    [729 * day, '729d'],
    [800 * day, '2y70d'],
    [9 * 365 * day, '9y'],
  ]
  for (const [ms, text] of cases) assert.equal(humanDuration(ms), text)
})

it('does not know the age of what has no beginning', () => {
  assert.equal(ageOf(undefined, 0), '<unknown>')
  assert.equal(ageOf(null, 0), '<unknown>')
  assert.equal(ageOf('2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1, 0, 0, 7)), '7s')
})
