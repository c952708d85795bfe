import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Outcome, OutputReader } from './output.ts'
import type { Programs } from './programs.ts'
import { focusPattern, type SuiteTest } from './suite.ts'

/** One start of ginkgo over some tests. */
export interface GinkgoRun {
  readonly programs: Programs
  readonly kubeconfig: string
  readonly tests: readonly SuiteTest[]
  /** How many tests run at the same time. */
  readonly procs: number
  /** The run is stopped when no test ends for so long. */
  readonly stallMs: number
  /** Everything that ginkgo prints goes there too. */
  readonly logFile: string
  readonly onOutcome: (outcome: Outcome) => void
  readonly signal: AbortSignal
}

/** Whether ginkgo came to its end by itself, and which test ran when it did not, where that is known. */
export interface GinkgoEnd {
  readonly reason: 'finished' | 'stalled' | 'stopped'
  readonly current: string | undefined
  readonly exitCode: number | null
}

/** How long ginkgo may clean up after it was asked to stop. */
const GRACE_MS = 3 * 60_000

/** Runs tests by ginkgo to their end, or until they stall or the signal fires; ginkgo never outlives the call. */
export async function runGinkgo(request: GinkgoRun): Promise<GinkgoEnd> {
  const { programs, tests, stallMs, signal } = request
  const child = spawn(programs.path('ginkgo'), ginkgoArguments(request), {
    // Its own process group, so that a stop reaches the suite's processes too.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${programs.folder}:${process.env['PATH'] ?? ''}` },
  })
  const group = child.pid
  if (group === undefined) throw new Error('ginkgo did not start')
  const log = createWriteStream(request.logFile, { flags: 'a' })

  let reason: GinkgoEnd['reason'] = 'finished'
  let force: NodeJS.Timeout | undefined
  const stop = (why: 'stalled' | 'stopped') => {
    if (force !== undefined) return
    reason = why
    killGroup(group, 'SIGINT')
    force = setTimeout(() => killGroup(group, 'SIGKILL'), GRACE_MS)
  }
  const onStall = () => stop('stalled')
  let stall = setTimeout(onStall, stallMs)
  const onAbort = () => stop('stopped')
  signal.addEventListener('abort', onAbort, { once: true })

  const reader = new OutputReader(
    tests.map(({ name }) => name),
    (outcome) => {
      clearTimeout(stall)
      stall = setTimeout(onStall, stallMs)
      request.onOutcome(reason === 'stalled' ? explainStall(outcome, stallMs) : outcome)
    },
  )
  child.stderr.pipe(log, { end: false })
  const lines = createInterface({ input: child.stdout, crlfDelay: Infinity })
  lines.on('line', (line) => {
    log.write(`${line}\n`)
    reader.line(line)
  })

  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    const { current } = reader
    reader.end()
    return { reason, current, exitCode }
  } finally {
    clearTimeout(stall)
    clearTimeout(force)
    signal.removeEventListener('abort', onAbort)
    killGroup(group, 'SIGKILL')
    await new Promise<void>((resolve) => log.end(resolve))
  }
}

/** A test that was stopped says so first, and then where it was. */
function explainStall(outcome: Outcome, stallMs: number): Outcome {
  if (outcome.state !== 'failed') return outcome
  const reason = `stopped, because no test ended for ${stallMs / 60_000} minutes`
  return { ...outcome, message: `${reason}\n${outcome.message}` }
}

function ginkgoArguments({ programs, kubeconfig, tests, procs }: GinkgoRun): string[] {
  return [
    `--procs=${procs}`,
    '-v',
    '--no-color',
    '--silence-skips',
    // As upstream's own runs: the tests carry their own limits, and the suite as a whole has a day.
    '--timeout=24h',
    '--poll-progress-after=60m',
    '--poll-progress-interval=5m',
    `--focus=${focusPattern(tests)}`,
    programs.path('e2e.test'),
    '--',
    `--kubeconfig=${kubeconfig}`,
    `--kubectl-path=${programs.path('kubectl')}`,
    '--provider=skeleton',
    '--disable-log-dump',
  ]
}

function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Gone already.
  }
}
