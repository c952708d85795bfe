import { isWherryError, WherryError } from '../lib/errors.ts'

/** SQLite's primary result codes that call for different next steps. */
const CODES = { busy: 5, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const

function codeOf(error: unknown): number {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : 0
}

export const isBusy = (error: unknown): boolean => codeOf(error) === CODES.busy
export const isFull = (error: unknown): boolean => codeOf(error) === CODES.full

/** What a user is told when the store in `path` cannot be opened. */
export function openFailure(path: string, error: unknown): WherryError {
  if (isWherryError(error)) return error
  switch (codeOf(error)) {
    case CODES.corrupt:
    case CODES.notADatabase:
      return damaged(path, error)
    case CODES.full:
      return new WherryError('unavailable', `No space is left on the disk of ${path}.`, {
        hint: 'Free some space on that disk and start again; nothing that was stored is lost.',
        cause: error,
      })
    default:
      return new WherryError('unavailable', `The store at ${path} cannot be opened: ${messageOf(error)}.`, {
        hint: 'Look at the permissions and the disk of that directory, or choose another one with --data-dir.',
        cause: error,
      })
  }
}

export function damaged(path: string, cause: unknown): WherryError {
  return new WherryError('unavailable', `The store at ${path} is damaged: ${messageOf(cause)}.`, {
    hint: `Put a backup of that file in its place, or start with an empty cluster: mv ${path} ${path}.damaged`,
    cause,
  })
}

/** What a writer is told when its change could not be stored. */
export function writeFailure(path: string, error: unknown): WherryError {
  if (isFull(error)) {
    return new WherryError('unavailable', `No space is left on the disk of ${path}: the change was not stored.`, {
      hint: 'Free some space on that disk; the next change is stored without a restart.',
      cause: error,
    })
  }
  return new WherryError('unavailable', `The disk of ${path} failed: the change may not be stored.`, {
    hint: "Look at the kernel's log for that disk, then restart the server: it reads again what is stored.",
    cause: error,
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
