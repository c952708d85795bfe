import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { rotateLog } from './rotate-logs.ts'

const everyMs = 10_000
const maxBytes = 10 << 20
const maxFiles = 5

/** Rotates the logs of what runs, until the signal fires. */
export async function keepLogsShort(options: {
  readonly manager: PodManager
  readonly runtime: Runtime
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}): Promise<void> {
  const { manager, runtime, clock, log, signal } = options
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal).catch(() => {})
    for (const { observed } of manager.workers()) {
      for (const { id, logPath, state } of observed.containers) {
        if (state !== 'running' || logPath === '' || signal.aborted) continue
        await rotateLog(id, logPath, { runtime, log, maxBytes, maxFiles, now: clock.now }).catch((error: unknown) =>
          log.warn('a log was not rotated', { path: logPath, error }),
        )
      }
    }
  }
}
