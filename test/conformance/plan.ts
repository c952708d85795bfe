import type { Results } from './results.ts'
import { runsAlone, type SuiteTest } from './suite.ts'

/** One start of ginkgo: these tests, so many at a time. */
export interface Phase {
  readonly title: 'parallel' | 'alone'
  readonly tests: readonly SuiteTest[]
  readonly procs: number
}

/**
 * Decides what to start next, as upstream's own runs do: first all that can share the cluster, then the others
 * one by one. Tests that have a result are done; undefined when all have.
 *
 * `stuck` says that the last start ended without telling which tests were under way. What is left then runs one by
 * one, where the output always names the test.
 */
export function nextPhase(
  tests: readonly SuiteTest[],
  results: Pick<Results, 'get'>,
  { procs, stuck }: { procs: number; stuck: boolean },
): Phase | undefined {
  const open = tests.filter(({ name }) => results.get(name) === undefined)
  const shared = open.filter((test) => !runsAlone(test))
  if (shared.length > 0) return { title: 'parallel', tests: shared, procs: stuck ? 1 : Math.min(procs, shared.length) }
  return open.length > 0 ? { title: 'alone', tests: open, procs: 1 } : undefined
}
