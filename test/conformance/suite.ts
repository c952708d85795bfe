import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../images/run.ts'
import type { Programs } from './programs.ts'

/** One test of upstream's suite. */
export interface SuiteTest {
  /** The full name, with its tags, as `--focus` sees it. */
  readonly name: string
  /** Such as `sig-apps`. */
  readonly sig: string
  /** Where it lives in the Kubernetes tree, such as `test/e2e/apps/job.go`. */
  readonly file: string
}

/** What ginkgo puts before the name of a test when it looks for one. */
const SUITE = 'Kubernetes e2e suite'

/** Lists every test of the suite, from a dry run that is kept beside the programs. */
export async function listTests(programs: Programs): Promise<SuiteTest[]> {
  const file = join(programs.folder, 'tests.json')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return JSON.parse(kept) as SuiteTest[]
  const report = join(programs.folder, 'dry-run.json')
  await run(programs.path('e2e.test'), ['--ginkgo.dry-run', '--ginkgo.silence-skips', `--ginkgo.json-report=${report}`])
  const tests = readTests(JSON.parse(await readFile(report, 'utf8')))
  await writeFile(`${file}.new`, JSON.stringify(tests))
  await rename(`${file}.new`, file)
  await rm(report)
  return tests
}

interface SpecReport {
  readonly LeafNodeType: string
  readonly LeafNodeText: string
  readonly LeafNodeLocation: { readonly FileName: string }
  readonly ContainerHierarchyTexts: readonly string[] | null
}

/** Reads the tests out of a ginkgo JSON report. */
export function readTests(report: unknown): SuiteTest[] {
  const suites = report as { SpecReports: SpecReport[] }[]
  return suites
    .flatMap((suite) => suite.SpecReports)
    .filter((spec) => spec.LeafNodeType === 'It')
    .map((spec) => {
      const name = [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].join(' ')
      return {
        name,
        sig: /\[(sig-[\w-]+)\]/.exec(name)?.[1] ?? 'other',
        file: spec.LeafNodeLocation.FileName.replace(/^.*?(?=test\/e2e\/)/, ''),
      }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

export function isConformance(test: SuiteTest): boolean {
  return test.name.includes('[Conformance]')
}

/** Whether a test needs the cluster for itself. */
export function runsAlone(test: SuiteTest): boolean {
  return /\[(Serial|Disruptive)\]/.test(test.name)
}

/** The tests whose names match `focus`, if it is given, and do not match `skip`. */
export function selectTests(
  tests: readonly SuiteTest[],
  { focus, skip }: { focus?: string | undefined; skip?: string | undefined },
): SuiteTest[] {
  const wanted = focus === undefined ? undefined : new RegExp(focus)
  const unwanted = skip === undefined ? undefined : new RegExp(skip)
  return tests.filter(({ name }) => (wanted?.test(name) ?? true) && !unwanted?.test(name))
}

/** A pattern for ginkgo's `--focus` that means exactly these tests. */
export function focusPattern(tests: readonly SuiteTest[]): string {
  const names = tests.map(({ name }) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return `^${SUITE} (?:${names.join('|')})$`
}
