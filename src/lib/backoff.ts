import type { Random } from './random.ts'

export interface BackoffOptions {
  readonly baseMs: number
  readonly maxMs: number
  /** By how much a delay may vary: 0.2 gives 90 % to 110 % of it. Default 0.2. */
  readonly jitter?: number
}

/** How long to wait before attempt number `failures` + 1: doubled for each failure up to a limit, with chance in it. */
export function backoffMs(failures: number, options: BackoffOptions, random: Random): number {
  const { baseMs, maxMs, jitter = 0.2 } = options
  const delayMs = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 40))
  return Math.max(0, delayMs * (1 + jitter * (random() - 0.5)))
}
