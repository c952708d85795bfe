import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { WherryError } from '../../src/lib/errors.ts'
import { buildImage } from '../images/build.ts'
import { cacheFolder } from '../images/cache.ts'
import { run } from '../images/run.ts'
import { LocalCluster } from './cluster.ts'
import { runGinkgo } from './ginkgo.ts'
import { conformanceImages } from './images.ts'
import { nextPhase } from './plan.ts'
import { buildPrograms, type Programs } from './programs.ts'
import { Progress } from './progress.ts'
import { QUICK, withoutTags } from './quick.ts'
import { count, intoPage, junitReport, markdownReport } from './report.ts'
import { Results } from './results.ts'
import { isConformance, listTests, selectTests, type SuiteTest } from './suite.ts'

const HELP = `npm run conformance -- [OPTIONS]

Runs upstream's conformance suite against a cluster and writes junit.xml, the logs of failed tests and a table.
Without options: all conformance tests, against a cluster of two nodes that is started for it and removed afterwards.

Which tests
  --focus RE         only tests whose full name matches
  --skip RE          no test whose full name matches
  --quick            the fixed selection of a few minutes that CI runs
  --all              choose from the whole suite, not only from its conformance tests
  --list             print the names of the chosen tests, and run nothing
  --resume           take up the last run: tests that have a result keep it

Where
  --nodes N          nodes of the cluster (2)
  --name NAME        its name (conformance)
  --data-dir DIR     its data directory (/var/lib/wherry-NAME); a cluster that is there already is used and kept
  --keep             keep the cluster that this run started
  --kubeconfig FILE  use another cluster, which must have the images (see --images)
  --images           build the images, print the paths of their archives, and run nothing

How
  --procs N          tests at the same time (4); serial and disruptive ones always run alone
  --stall MINUTES    stop what is running when no test ends for so long (30)
  --results DIR      where results are kept (the user's cache folder)
  --junit FILE       where to put the JUnit report too
`

const { values: options } = parseArgs({
  options: {
    focus: { type: 'string' },
    skip: { type: 'string' },
    quick: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '2' },
    name: { type: 'string', default: 'conformance' },
    'data-dir': { type: 'string' },
    keep: { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
    images: { type: 'boolean', default: false },
    procs: { type: 'string', default: '4' },
    stall: { type: 'string', default: '30' },
    results: { type: 'string' },
    junit: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const stopping = new AbortController()
const nothing = () => Promise.resolve()

async function main(): Promise<number> {
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  process.once('SIGINT', () => stopping.abort())
  process.once('SIGTERM', () => stopping.abort())
  const { signal } = stopping

  const programs = await buildPrograms({ say, signal })
  if (options.images) {
    for (const archive of await buildImages(programs)) console.log(archive)
    return 0
  }
  const suite = await listTests(programs)
  const tests = chooseTests(suite)
  if (options.list) {
    for (const { name } of tests) console.log(name)
    return 0
  }

  // A look at a few tests does not replace the results of a run over all.
  const place = isFullRun() ? options.name : `${options.name}-selected`
  const folder = resolve(options.results ?? join(cacheFolder('conformance'), 'results', place))
  const results = await Results.open(folder, { resume: options.resume })
  await using cluster = await openCluster(programs, signal)
  say(`${tests.length} tests of Kubernetes ${programs.version}; results go to ${folder}`)
  const complete = await runTests({ programs, kubeconfig: cluster.kubeconfig, tests, results, signal })
  await writeReports(programs, tests, results)

  const total = count(tests, (name) => results.get(name))
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped, ${total.missing} not run`)
  if (!complete) say('The run was stopped. Take it up again by adding --resume.')
  return total.failed + total.missing === 0 ? 0 : 1
}

function chooseTests(suite: readonly SuiteTest[]): SuiteTest[] {
  const pool = options.all ? suite : suite.filter(isConformance)
  const quick = new Set(QUICK)
  const offered = options.quick ? pool.filter(({ name }) => quick.has(withoutTags(name))) : pool
  const tests = selectTests(offered, options)
  if (tests.length > 0) return tests
  throw new WherryError('invalid', 'No test of the suite matches.', {
    hint: 'See all names with --list; --all also offers tests that are not part of conformance.',
  })
}

async function buildImages(programs: Programs): Promise<string[]> {
  const images = conformanceImages(programs)
  const asked = new Set((await run(programs.path('e2e.test'), ['--list-images'])).split('\n'))
  const unasked = images.flatMap(({ names }) => names).filter((name) => !asked.has(name))
  if (unasked.length > 0) {
    throw new WherryError('internal', `The suite does not ask for ${unasked.join(', ')}.`, {
      hint: 'After a change of version in go.mod, take the new tags from `e2e.test --list-images` to images.ts.',
    })
  }
  const archives = []
  for (const image of images) archives.push(await buildImage(image))
  return archives
}

/** Finds or starts the cluster; disposing of it removes one that this run started. */
async function openCluster(
  programs: Programs,
  signal: AbortSignal,
): Promise<{ kubeconfig: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  if (options.kubeconfig !== undefined) {
    return { kubeconfig: resolve(options.kubeconfig), [Symbol.asyncDispose]: nothing }
  }
  const dataDir = resolve(options['data-dir'] ?? `/var/lib/wherry-${options.name}`)
  const cluster = new LocalCluster({ name: options.name, dataDir, signal })
  const found = await cluster.exists()
  if (!found || !(await cluster.isUp())) {
    say(found ? `starting the cluster in ${dataDir}` : `starting a cluster of ${options.nodes} nodes`)
    await cluster.up(positive('nodes'))
  }
  const remove = async () => {
    say('removing the cluster')
    await cluster.downAndPurge()
  }
  try {
    say('building and loading the images (what is there already is kept)')
    await cluster.importImages(await buildImages(programs))
  } catch (error) {
    if (!found && !options.keep) await remove()
    throw error
  }
  return { kubeconfig: cluster.kubeconfig, [Symbol.asyncDispose]: found || options.keep ? nothing : remove }
}

/** Starts ginkgo until every test has a result. False when the run was stopped before. */
async function runTests(request: {
  programs: Programs
  kubeconfig: string
  tests: readonly SuiteTest[]
  results: Results
  signal: AbortSignal
}): Promise<boolean> {
  const { programs, kubeconfig, tests, results, signal } = request
  const stallMs = positive('stall') * 60_000
  const progress = new Progress(tests.length, () => count(tests, (name) => results.get(name)))
  let stuck = false
  try {
    for (;;) {
      const phase = nextPhase(tests, results, { procs: positive('procs'), stuck })
      if (phase === undefined) return true
      if (signal.aborted) return false
      progress.begin(`${phase.title}, ${phase.procs} at a time`)
      let ended = 0
      const end = await runGinkgo({
        programs,
        kubeconfig,
        tests: phase.tests,
        procs: phase.procs,
        stallMs,
        logFile: join(results.folder, 'ginkgo.log'),
        signal,
        onOutcome: (outcome) => {
          // A test that ended because somebody stopped the run has no result.
          if (signal.aborted && outcome.state !== 'passed') return
          ended += 1
          results.record(outcome)
          progress.ended(outcome)
        },
      })
      if (end.reason === 'stopped') return false
      const { current } = end
      if (current !== undefined && results.get(current) === undefined) {
        const message =
          end.reason === 'stalled'
            ? `did not end within ${options.stall} minutes`
            : 'the suite ended in the middle of it'
        results.record({ name: current, state: 'failed', seconds: stallMs / 1000, message, log: message })
        ended += 1
      }
      if (ended === 0 && (phase.procs === 1 || end.reason === 'finished')) {
        throw new WherryError('unavailable', `The suite ended (exit code ${end.exitCode}) before any test did.`, {
          hint: `Its output is at the end of ${join(results.folder, 'ginkgo.log')}.`,
        })
      }
      stuck = end.reason === 'stalled'
    }
  } finally {
    progress.close()
  }
}

async function writeReports(programs: Programs, tests: readonly SuiteTest[], results: Results): Promise<void> {
  const lookup = (name: string) => results.get(name)
  const report = markdownReport(tests, lookup, {
    version: programs.version,
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run conformance', ...shownArguments()].join(' '),
    nodes: positive('nodes'),
  })
  await writeFile(join(results.folder, 'table.md'), report)
  const junit = junitReport(tests, lookup)
  await writeFile(join(results.folder, 'junit.xml'), junit)
  if (options.junit !== undefined) {
    await mkdir(dirname(resolve(options.junit)), { recursive: true })
    await writeFile(options.junit, junit)
  }
  // Only a run over everything that came to its end is the project's result.
  if (isFullRun() && tests.every(({ name }) => lookup(name) !== undefined)) {
    const page = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url))
    await writeFile(page, intoPage(await readFile(page, 'utf8'), report))
  }
}

/** The arguments of this run, less those that name places on this machine. */
function shownArguments(): string[] {
  const shown = []
  if (options.quick) shown.push('--quick')
  if (options.focus !== undefined) shown.push(`--focus '${options.focus}'`)
  if (options.skip !== undefined) shown.push(`--skip '${options.skip}'`)
  if (options.nodes !== '2') shown.push(`--nodes ${options.nodes}`)
  if (options.procs !== '4') shown.push(`--procs ${options.procs}`)
  return shown.length === 0 ? [] : ['--', ...shown]
}

function isFullRun(): boolean {
  return options.focus === undefined && options.skip === undefined && !options.quick && !options.all
}

function positive(option: 'nodes' | 'procs' | 'stall'): number {
  const value = Number(options[option])
  if (Number.isFinite(value) && value > 0) return value
  throw new WherryError('invalid', `--${option} is a number above 0, not "${options[option]}".`)
}

function say(text: string): void {
  process.stderr.write(`conformance: ${text}\n`)
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof WherryError)) throw error
  say(error.message)
  if (error.hint !== undefined) say(error.hint)
  if (error.cause instanceof Error) say(error.cause.message)
  process.exitCode = 1
}
