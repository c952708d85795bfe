import type { ErrorCode } from '../lib/errors.ts'

/** The exit code of a command that ended with an error: 2 for a wrong call, 1 for all else that failed. */
export function exitCodeOf(code: ErrorCode): number {
  return code === 'bad-request' ? 2 : 1
}
