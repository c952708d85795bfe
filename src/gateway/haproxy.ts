import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import { WherryError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { GatewayFiles } from './config.ts'
import { runtimeCommand } from './runtime-api.ts'

export interface HaproxyOptions {
  readonly files: GatewayFiles
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  /** It is not there (any more): makes the files as they should be, before it is started. */
  readonly prepare: () => Promise<void>
  /** Takes a new HAProxy, by its process id, out of what would end with the agent. */
  readonly outlive?: (pid: number) => void
}

/** HAProxy in master-worker mode. It outlives the agent, which takes it over when it comes back. */
export interface Haproxy {
  /** Reads the configuration anew: listening sockets are handed over, connections stay with the old worker. */
  reload(): Promise<void>
}

const POLL_MS = 100
/** How many looks in a row only ask the kernel whether the process is there, since that costs next to nothing. */
const QUICK_LOOKS = 50
const RELOAD_MS_MAX = 10_000
const RESTART = { minMs: 100, maxMs: 5_000 }

/** Takes over the HAProxy that runs, or starts one; starts it again whenever it ends, until the signal fires. */
export async function superviseHaproxy(options: HaproxyOptions): Promise<Haproxy> {
  const { files, clock, log, signal, prepare } = options
  let gone: Promise<void> | undefined
  if (runningPid(files) === undefined) {
    await prepare()
    gone = (await start(options)).gone
  }
  void watch()

  async function watch(): Promise<void> {
    let delayMs = RESTART.minMs
    while (!signal.aborted) {
      await (gone ?? whileItRuns(options))
      if (signal.aborted) return
      log.warn('HAProxy ended, starting it again')
      try {
        await prepare()
        gone = (await start(options)).gone
        delayMs = RESTART.minMs
      } catch (error) {
        gone = Promise.resolve()
        log.error('HAProxy does not start', { error })
        await clock.sleep(delayMs, signal).catch(() => {})
        delayMs = Math.min(delayMs * 2, RESTART.maxMs)
      }
    }
  }

  return {
    async reload() {
      const before = await workerPid(files)
      const end = clock.now() + RELOAD_MS_MAX
      // While the master takes in an earlier configuration it answers nobody.
      const ask = (): Promise<boolean> =>
        runtimeCommand(files.masterSocket, 'reload').then(
          () => true,
          () => false,
        )
      while (!(await ask()) && clock.now() < end) await clock.sleep(10, signal)
      while (clock.now() < end) {
        const now = await workerPid(files).catch(() => undefined)
        // The old worker takes connections until it is told to stop: only then does everybody see the new configuration.
        if (
          now !== undefined &&
          now !== before &&
          (before === undefined ||
            (await isStopping(files, before).then(
              (yes) => yes,
              () => false,
            )))
        )
          return
        await clock.sleep(10, signal)
      }
      throw new WherryError('timeout', `HAProxy did not take the new configuration: ${lastWords(files)}`)
    },
  }
}

/** The master's process id, while it runs. The file is ours: HAProxy's own is empty for a moment during each reload. */
export function runningPid({ pid, config }: GatewayFiles): number | undefined {
  try {
    const master = Number(readFileSync(pid, 'utf8').trim())
    const commandLine = readFileSync(`/proc/${master}/cmdline`, 'utf8')
    // A reload replaces the program of the same process: between two programs it has no command line, as the dead have none.
    const isOurs =
      commandLine === '' ? !/\) Z /.test(readFileSync(`/proc/${master}/stat`, 'latin1')) : commandLine.includes(config)
    return master > 1 && isOurs ? master : undefined
  } catch {
    return undefined
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether a former worker has stopped listening, or is gone. */
async function isStopping({ masterSocket }: GatewayFiles, pid: string): Promise<boolean> {
  const answer = await runtimeCommand(masterSocket, `@!${pid} show info`)
  return !/^Stopping: 0/m.test(answer)
}

/** Which worker answers: its process id changes with every reload. */
async function workerPid({ runtimeSocket }: GatewayFiles): Promise<string | undefined> {
  return /^Pid: (\d+)/m.exec(await runtimeCommand(runtimeSocket, 'show info'))?.[1]
}

/** Of one that an earlier agent started nobody says when it ends. */
async function whileItRuns({ files, clock, signal }: HaproxyOptions): Promise<void> {
  let known = runningPid(files)
  for (let look = 1; known !== undefined && !signal.aborted; look++) {
    await clock.sleep(POLL_MS, signal).catch(() => {})
    if (look % QUICK_LOOKS === 0 || !isThere(known)) known = runningPid(files)
  }
}

/** Resolves when it answers; `gone` does when it has ended, or when nobody looks after it any more. */
async function start(options: HaproxyOptions): Promise<{ readonly gone: Promise<void> }> {
  const { files, clock, signal, outlive } = options
  const output = openSync(files.log, 'w', 0o600)
  const child = spawn('haproxy', ['-W', '-S', files.masterSocket, '-f', files.config], {
    cwd: dirname(files.config),
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  let ended = false
  child.on('error', () => (ended = true))
  const gone = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    child.on('exit', () => {
      ended = true
      resolve()
    })
  })
  child.unref()
  if (child.pid !== undefined) {
    outlive?.(child.pid)
    writeFileSync(files.pid, `${child.pid}\n`)
  }
  while (!signal.aborted) {
    if (ended) throw new WherryError('unavailable', `HAProxy ended at once: ${lastWords(files)}`)
    if (
      await workerPid(files).then(
        (pid) => pid !== undefined,
        () => false,
      )
    )
      break
    await clock.sleep(10, signal).catch(() => {})
  }
  return { gone }
}

function lastWords({ log }: GatewayFiles): string {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-4).join(' ')
  } catch {
    return ''
  }
}
