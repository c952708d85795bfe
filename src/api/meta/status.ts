import type { ErrorCode, ErrorDetails } from '../../lib/errors.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { Status } from './v1.ts'

interface Line {
  readonly status: number
  readonly reason: string
}

/**
 * How each code looks on the wire: the HTTP status and the reason of the Status object. Of two codes with one HTTP
 * status, the first stands for an answer without a reason.
 */
const TABLE: Readonly<Record<ErrorCode, Line>> = {
  'bad-request': { status: 400, reason: 'BadRequest' },
  unauthenticated: { status: 401, reason: 'Unauthorized' },
  forbidden: { status: 403, reason: 'Forbidden' },
  'not-found': { status: 404, reason: 'NotFound' },
  'method-not-allowed': { status: 405, reason: 'MethodNotAllowed' },
  'not-acceptable': { status: 406, reason: 'NotAcceptable' },
  conflict: { status: 409, reason: 'Conflict' },
  'already-exists': { status: 409, reason: 'AlreadyExists' },
  gone: { status: 410, reason: 'Gone' },
  expired: { status: 410, reason: 'Expired' },
  'too-large': { status: 413, reason: 'RequestEntityTooLarge' },
  'unsupported-media-type': { status: 415, reason: 'UnsupportedMediaType' },
  invalid: { status: 422, reason: 'Invalid' },
  'too-many-requests': { status: 429, reason: 'TooManyRequests' },
  internal: { status: 500, reason: 'InternalError' },
  unavailable: { status: 503, reason: 'ServiceUnavailable' },
  timeout: { status: 504, reason: 'Timeout' },
}

const BY_REASON = new Map<string, ErrorCode>(
  Object.entries(TABLE).map(([code, line]) => [line.reason, code as ErrorCode]),
)
const BY_STATUS = new Map<number, ErrorCode>(
  Object.entries(TABLE)
    .toReversed()
    .map(([code, line]) => [line.status, code as ErrorCode]),
)

/** The Status object that tells a client what went wrong. What is no WherryError becomes an internal error without details. */
export function statusOf(error: unknown): Status {
  if (!isWherryError(error)) return failure('internal', 'Internal error occurred: see the log of the server', undefined)
  const message = error.hint === undefined ? error.message : `${error.message} (${error.hint})`
  return failure(error.code, message, error.details)
}

function failure(code: ErrorCode, message: string, details: ErrorDetails | undefined): Status {
  const { status, reason } = TABLE[code]
  const { continue: token, ...shown } = details ?? {}
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: token === undefined ? {} : { continue: token },
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details: copyOf(shown) }),
    code: status,
  } as Status
}

function copyOf({ causes, ...details }: ErrorDetails): ErrorDetails {
  return causes === undefined ? details : { ...details, causes: causes.map((cause) => ({ ...cause })) }
}

/** The error that a Status, or an answer with nothing but an HTTP status, stands for. */
export function errorFromStatus(status: Partial<Status>, httpStatus = status.code ?? 500): WherryError {
  const code =
    BY_REASON.get(status.reason ?? '') ?? BY_STATUS.get(httpStatus) ?? (httpStatus < 500 ? 'bad-request' : 'internal')
  return new WherryError(code, status.message ?? `the server answered with status ${httpStatus}`, {
    details: status.details as ErrorDetails | undefined,
  })
}
