/**
 * What went wrong, as a short closed list. Two tables elsewhere turn a code into a Kubernetes Status
 * (api/meta/status.ts) and into an exit code (cli/exit-codes.ts).
 */
export type ErrorCode =
  | 'bad-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'unsupported-media-type'
  | 'already-exists'
  | 'conflict'
  | 'expired'
  | 'gone'
  | 'too-large'
  | 'invalid'
  | 'too-many-requests'
  | 'unavailable'
  | 'timeout'
  | 'internal'

/** One field that is wrong: `reason` is a Kubernetes CauseType such as FieldValueInvalid. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** What a Status says beside its message (meta/v1 StatusDetails). */
export interface ErrorDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly Cause[]
  readonly retryAfterSeconds?: number
  /** With `expired`: a token that lists the rest all the same, as it is now. */
  readonly continue?: string
}

export interface ErrorOptions {
  /** What the user can do next. */
  readonly hint?: string
  readonly details?: ErrorDetails
  /** What happened underneath: for the log, never for the wire. */
  readonly cause?: unknown
}

/** The one error class: `message` and `hint` are for the user, `cause` for the operator's log. */
export class WherryError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: ErrorDetails | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'WherryError'
    this.code = code
    this.hint = options.hint
    this.details = options.details
  }
}

/** Whether `error` is a WherryError, of one of `codes` when some are given. */
export function isWherryError(error: unknown, ...codes: readonly ErrorCode[]): error is WherryError {
  return error instanceof WherryError && (codes.length === 0 || codes.includes(error.code))
}
