import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { intoPage, junitReport, markdownReport } from './report.ts'
import type { Result } from './results.ts'
import type { SuiteTest } from './suite.ts'

const tests: SuiteTest[] = [
  { name: '[sig-apps] Job should run', sig: 'sig-apps', file: 'test/e2e/apps/job.go' },
  { name: '[sig-apps] Job should *not* run', sig: 'sig-apps', file: 'test/e2e/apps/job.go' },
  { name: '[sig-auth] Roles', sig: 'sig-auth', file: 'test/e2e/auth/roles.go' },
]
const results = new Map<string, Result>(
  (
    [
      { name: '[sig-apps] Job should run', state: 'passed', seconds: 30, message: '' },
      { name: '[sig-apps] Job should *not* run', state: 'failed', seconds: 90, message: 'a < b | "c"\nand more\u0007' },
    ] satisfies Result[]
  ).map((result) => [result.name, result]),
)
const lookup = (name: string) => results.get(name)

describe('markdownReport', () => {
  const report = markdownReport(tests, lookup, {
    version: 'v1.36.0',
    date: '2026-11-24',
    command: 'npm run conformance',
    nodes: 2,
  })

  it('counts by SIG and by file, and says what was not run', () => {
    assert.match(report, /\*\*1 of 3 tests pass\*\*.*1 failed, 0 skipped, 1 not run/)
    assert.match(report, /\| sig-apps \| 1 \| 1 \| 0 \| 0 \| 2 \| 2\.0 \|/)
    assert.match(report, /\| sig-auth \| auth\/roles\.go \| 0 \| 0 \| 0 \| 1 \| 1 \| 0\.0 \|/)
  })

  it('names each failed test with the first line of its reason', () => {
    assert.match(report, /- \\\[sig-apps\\\] Job should \\\*not\\\* run: a \\< b \\\| "c"\n/)
  })

  it('puts the slowest test first', () => {
    assert.match(report, /### Slowest[\s\S]*\| 90\.0 \|[\s\S]*\| 30\.0 \|/)
  })
})

describe('junitReport', () => {
  it('escapes what XML cannot hold and leaves out what was not run', () => {
    const report = junitReport(tests, lookup)
    assert.match(report, /<testsuites tests="2" failures="1" skipped="0" time="120\.000">/)
    assert.match(
      report,
      /<failure message="a &lt; b \| &quot;c&quot;">a &lt; b \| &quot;c&quot;&#10;and more�<\/failure>/,
    )
    assert.doesNotMatch(report, /Roles/)
  })
})

describe('intoPage', () => {
  it('replaces only what it wrote before', () => {
    const first = intoPage('# Title\n\nBefore.\n', 'one')
    const second = intoPage(`${first}\nAfter.\n`, 'two')
    assert.match(second, /Before\.[\s\S]*two[\s\S]*After\./)
    assert.doesNotMatch(second, /one/)
  })
})
