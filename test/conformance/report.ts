import type { Result } from './results.ts'
import type { SuiteTest } from './suite.ts'

/** What a report says beside the results. */
export interface ReportFacts {
  /** Such as `v1.36.5`. */
  readonly version: string
  /** The day of the run, as in `2026-11-24`. */
  readonly date: string
  readonly command: string
  readonly nodes: number
}

type Lookup = (name: string) => Result | undefined

/** The table by SIG and file, the failures and the slowest tests, as Markdown. */
export function markdownReport(tests: readonly SuiteTest[], results: Lookup, facts: ReportFacts): string {
  const all = count(tests, results)
  const bySig = [...Map.groupBy(tests, ({ sig }) => sig)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const failed = tests.filter(({ name }) => results(name)?.state === 'failed')
  const slowest = tests
    .map(({ name }) => results(name))
    .filter((result) => result !== undefined)
    .filter(({ state }) => state !== 'skipped')
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 10)
  return [
    `**${all.passed} of ${tests.length} tests pass** of Kubernetes ${facts.version}, on ${facts.date}, ` +
      `on a cluster of ${facts.nodes} nodes: ${all.failed} failed, ${all.skipped} skipped, ${all.missing} not run.`,
    '',
    `    ${facts.command}`,
    '',
    '| SIG | passed | failed | skipped | not run | tests | minutes |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...bySig.map(([sig, group]) => row([sig], count(group, results), group.length)),
    row(['**all**'], all, tests.length),
    '',
    '| SIG | file | passed | failed | skipped | not run | tests | minutes |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...bySig.flatMap(([sig, group]) =>
      [...Map.groupBy(group, ({ file }) => file)]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([file, inFile]) => row([sig, file.replace('test/e2e/', '')], count(inFile, results), inFile.length)),
    ),
    ...(failed.length === 0 ? [] : ['', '### Failed', '']),
    ...failed.map(({ name }) => `- ${escape(name)}: ${escape(firstLine(results(name)?.message ?? ''))}`),
    ...(slowest.length === 0 ? [] : ['', '### Slowest', '', '| seconds | test |', '| ---: | --- |']),
    ...slowest.map(({ name, seconds }) => `| ${seconds.toFixed(1)} | ${escape(name)} |`),
    '',
  ].join('\n')
}

/** The same results in the form that CI systems read. Tests that were not run are left out. */
export function junitReport(tests: readonly SuiteTest[], results: Lookup): string {
  const cases = tests.flatMap(({ name, sig, file }) => {
    const result = results(name)
    if (result === undefined) return []
    const open = `    <testcase name="${xml(name)}" classname="${xml(sig)}" file="${xml(file)}" time="${result.seconds}"`
    const { state, message } = result
    if (state === 'passed') return [`${open}/>`]
    if (state === 'skipped') return [`${open}><skipped message="${xml(firstLine(message))}"/></testcase>`]
    return [`${open}><failure message="${xml(firstLine(message))}">${xml(message)}</failure></testcase>`]
  })
  const all = count(tests, results)
  const total = `tests="${cases.length}" failures="${all.failed}" skipped="${all.skipped}" time="${all.seconds.toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${total}>`,
    `  <testsuite name="Kubernetes conformance" ${total}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const BEGIN = '<!-- written by npm run conformance: begin -->'
const END = '<!-- written by npm run conformance: end -->'

/** Puts a report into a page between its two marks; what people wrote around them stays. */
export function intoPage(page: string, report: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) return `${page.trimEnd()}\n\n${BEGIN}\n\n${report}\n${END}\n`
  return `${page.slice(0, begin + BEGIN.length)}\n\n${report}\n${page.slice(end)}`
}

/** How many tests ended how, and how long they took together. */
export function count(tests: readonly SuiteTest[], results: Lookup) {
  const total = { passed: 0, failed: 0, skipped: 0, missing: 0, seconds: 0 }
  for (const { name } of tests) {
    const result = results(name)
    total[result?.state ?? 'missing'] += 1
    total.seconds += result?.seconds ?? 0
  }
  return total
}

function row(names: readonly string[], counts: ReturnType<typeof count>, tests: number): string {
  const { passed, failed, skipped, missing, seconds } = counts
  return `| ${[...names, passed, failed, skipped, missing, tests, (seconds / 60).toFixed(1)].join(' | ')} |`
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

/** Keeps a test's name or message from being read as Markdown. */
function escape(text: string): string {
  return text.replaceAll(/[\\|*_`<>[\]]/g, '\\$&')
}

function xml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }
  // Control characters other than tab and line break have no place in XML, not even escaped.
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '�')
    .replaceAll(/[&<>"\n]/g, (c) => names[c] ?? c)
}
