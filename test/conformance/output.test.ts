import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Outcome, OutputReader } from './output.ts'

const WORKS = '[sig-apps] Thing when small [Sub] works [Conformance]'
const FAILS = '[sig-apps] Thing when small [Sub] fails (a.b) [Serial] [Conformance]'
const SKIPS = '[sig-apps] Thing skips [Conformance]'

function read(text: string): { outcomes: Outcome[]; reader: OutputReader } {
  const outcomes: Outcome[] = []
  const reader = new OutputReader([WORKS, FAILS, SKIPS], (outcome) => outcomes.push(outcome))
  for (const line of text.split('\n')) reader.line(line)
  return { outcomes, reader }
}

const ONE_PROCESS = `Will run 3 of 9 specs
------------------------------
[BeforeSuite]
[BeforeSuite] PASSED [0.000 seconds]
------------------------------
${WORKS} [sig-apps, Conformance]
suite/thing.go:10
  STEP: step @ 11/24/26 23:02:53.157
• [0.051 seconds]
------------------------------
${FAILS.replace('fails', '[It] fails').replace('[It] ', '')} [sig-apps, Serial, Conformance]
suite/thing.go:11
  [FAILED] in [It] - suite/thing.go:11 @ 11/24/26 23:02:53.208
• [FAILED] [61.500 seconds]
${FAILS.replace('fails', '[It] fails')} [sig-apps, Serial, Conformance]
suite/thing.go:11

  [FAILED] numbers differ
  Expected
      <int>: 1
  In [It] at: suite/thing.go:11 @ 11/24/26 23:02:53.208
------------------------------
S
------------------------------
${SKIPS} [sig-apps]
suite/thing.go:12
  STEP: creating a namespace @ 11/24/26 23:02:53.209`

const MANY_PROCESSES = `------------------------------
• [FAILED] [0.001 seconds]
${FAILS.replace('[Sub] fails', '[Sub] [BeforeEach] fails')} [sig-apps, Serial, Conformance]
suite/thing.go:11

  Timeline >>
  [FAILED] in [BeforeEach] - suite/thing.go:11 @ 11/24/26 23:02:55.256
  << Timeline

  [FAILED] numbers differ
  In [BeforeEach] at: suite/thing.go:11 @ 11/24/26 23:02:55.256
------------------------------
S [SKIPPED] [0.001 seconds]
${SKIPS.replace('Thing', 'Thing [It]')} [sig-apps]
suite/thing.go:12

  [SKIPPED] no such feature
  In [It] at: suite/thing.go:12 @ 11/24/26 23:02:55.258
------------------------------
  Progress Report for Ginkgo Process #1
    ${WORKS} (Spec Runtime: 2.002s)
  ------------------------------
• [TIMEDOUT] [2.003 seconds]
${WORKS.replace('works', '[It] works')} [sig-apps, Conformance]
suite/thing.go:14

  [TIMEDOUT] A spec timeout occurred
  In [It] at: suite/thing.go:14 @ 11/24/26 23:02:56.26
------------------------------

Summarizing 2 Failures:`

describe('OutputReader', () => {
  it('reads a run with one process, where the name comes first', () => {
    const { outcomes } = read(ONE_PROCESS)
    assert.deepEqual(
      outcomes.map(({ name, state, seconds, message }) => ({ name, state, seconds, message })),
      [
        { name: WORKS, state: 'passed', seconds: 0.051, message: '' },
        { name: FAILS, state: 'failed', seconds: 61.5, message: 'numbers differ\nExpected\n    <int>: 1' },
      ],
    )
    assert.match(outcomes[0]?.log ?? '', /STEP: step/)
  })

  it('knows which test is under way', () => {
    assert.equal(read(ONE_PROCESS).reader.current, SKIPS)
  })

  it('reads a run with several processes, where the verdict comes first', () => {
    const { outcomes } = read(MANY_PROCESSES)
    assert.deepEqual(
      outcomes.map(({ name, state, message }) => [name, state, message]),
      [
        [FAILS, 'failed', 'numbers differ'],
        [SKIPS, 'skipped', 'no such feature'],
        [WORKS, 'failed', 'A spec timeout occurred'],
      ],
    )
  })
})
