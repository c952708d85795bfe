import { WherryError } from '../../lib/errors.ts'
import type { Cause } from '../../lib/errors.ts'
import type { FieldRequirement, Requirement } from '../../api/meta/selectors.ts'
import { parseFieldSelector, parseLabelSelector } from '../../api/meta/selectors.ts'
import { isTrue } from '../http/target.ts'

/** Which objects a list or watch is about. */
export interface Selection {
  readonly labels: readonly Requirement[]
  readonly fields: readonly FieldRequirement[]
}

export interface ListQuery extends Selection {
  readonly limit: number
  readonly continueToken: string
  /** Undefined when the client said nothing; 0 is "whatever you have". */
  readonly resourceVersion: number | undefined
  readonly match: 'Exact' | 'NotOlderThan' | undefined
}

export interface WatchQuery extends Selection {
  readonly resourceVersion: number | undefined
  readonly bookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
  readonly timeoutMs: number | undefined
}

export const EVERYTHING: Selection = { labels: [], fields: [] }

export function readSelection(query: URLSearchParams): Selection {
  const labels = query.get('labelSelector')
  const fields = query.get('fieldSelector')
  if (labels === null && fields === null) return EVERYTHING
  return { labels: parseLabelSelector(labels ?? ''), fields: parseFieldSelector(fields ?? '') }
}

/** Reads the parameters of a list; throws as upstream does for combinations that mean nothing. */
export function readListQuery(query: URLSearchParams): ListQuery {
  const match = readMatch(query)
  const resourceVersion = readResourceVersion(query)
  const continueToken = query.get('continue') ?? ''
  const wrong: Cause[] = []
  if (match !== undefined) {
    if (resourceVersion === undefined) {
      wrong.push(
        forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
      )
    }
    if (continueToken !== '') {
      wrong.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'))
    }
    if (match === 'Exact' && resourceVersion === 0) {
      wrong.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (query.has('sendInitialEvents')) {
    wrong.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  refuse(wrong)
  if (continueToken !== '' && resourceVersion !== undefined && resourceVersion !== 0) {
    throw new WherryError('bad-request', 'specifying resource version is not allowed when using continue')
  }
  return { ...readSelection(query), limit: readCount(query, 'limit') ?? 0, continueToken, resourceVersion, match }
}

/** Reads the parameters of a watch. */
export function readWatchQuery(query: URLSearchParams): WatchQuery {
  const match = readMatch(query)
  const sendInitialEvents = query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined
  const bookmarks = isTrue(query.get('allowWatchBookmarks'))
  const wrong: Cause[] = []
  if (sendInitialEvents === undefined && match !== undefined) {
    wrong.push(
      forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    )
  }
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    wrong.push(
      forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    )
  }
  if (query.get('continue')) wrong.push(forbidden('continue', 'continue is forbidden for watch'))
  refuse(wrong)
  const timeoutSeconds = readCount(query, 'timeoutSeconds')
  return {
    ...readSelection(query),
    resourceVersion: readResourceVersion(query),
    bookmarks,
    sendInitialEvents,
    timeoutMs: timeoutSeconds === undefined || timeoutSeconds === 0 ? undefined : timeoutSeconds * 1000,
  }
}

function readMatch(query: URLSearchParams): ListQuery['match'] {
  const match = query.get('resourceVersionMatch')
  if (match === null || match === '') return undefined
  if (match === 'Exact' || match === 'NotOlderThan') return match
  refuse([
    {
      reason: 'FieldValueNotSupported',
      field: 'resourceVersionMatch',
      message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    },
  ])
}

function readResourceVersion(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion')
  return text === null || text === '' ? undefined : parseResourceVersion(text)
}

/** The revision that a resourceVersion stands for; throws `bad-request` for what is no number. */
export function parseResourceVersion(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new WherryError(
    'bad-request',
    `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    {
      hint: 'a resourceVersion is what an earlier answer said, unchanged',
    },
  )
}

function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,15}$/.test(text))
    throw new WherryError('bad-request', `${name}: ${JSON.stringify(text)} is not a whole number that is at least 0`)
  return Number(text)
}

function forbidden(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` }
}

function refuse(causes: readonly Cause[]): undefined {
  if (causes.length === 0) return undefined
  const all = causes.map(({ field, message }) => `${field}: ${message}`)
  throw new WherryError(
    'invalid',
    `ListOptions.meta.k8s.io "" is invalid: ${all.length === 1 ? all[0] : `[${all.join(', ')}]`}`,
    {
      details: { group: 'meta.k8s.io', kind: 'ListOptions', causes },
    },
  )
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface WriteQuery {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: FieldValidation
  readonly force: boolean
}

/** Reads what a create, update or patch may say beside its body. */
export function readWriteQuery(query: URLSearchParams, kind: string): WriteQuery {
  const fieldManager = query.get('fieldManager') ?? ''
  const causes: Cause[] = []
  if (fieldManager.length > 128) {
    causes.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: 'Too long: may not be more than 128 bytes',
    })
  }
  // eslint-disable-next-line no-control-regex -- only what can be printed may name a manager
  if (/[\u0000-\u001f\u007f]/.test(fieldManager)) {
    causes.push({
      reason: 'FieldValueInvalid',
      field: 'fieldManager',
      message: `Invalid value: ${JSON.stringify(fieldManager)}: should only contain printable characters`,
    })
  }
  const fieldValidation = query.get('fieldValidation') || 'Warn'
  if (!isFieldValidation(fieldValidation)) {
    causes.push(unsupported('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn']))
  }
  const dryRun = readDryRun(query.getAll('dryRun'), causes)
  if (causes.length > 0) throw optionsInvalid(kind, causes)
  return {
    dryRun,
    fieldManager,
    fieldValidation: fieldValidation as FieldValidation,
    force: isTrue(query.get('force')),
  }
}

function isFieldValidation(value: string): value is FieldValidation {
  return value === 'Strict' || value === 'Warn' || value === 'Ignore'
}

/** `All` is the one stage that can be left out. */
export function readDryRun(values: readonly string[], causes: Cause[]): boolean {
  const said = values.filter((value) => value !== '')
  for (const value of said) if (value !== 'All') causes.push(unsupported('dryRun', value, ['All']))
  return said.length > 0
}

function unsupported(field: string, value: string, supported: readonly string[]): Cause {
  const list = supported.map((one) => JSON.stringify(one)).join(', ')
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
  }
}

export function optionsInvalid(kind: string, causes: readonly Cause[]): WherryError {
  const all = causes.map(({ field, message }) => `${field}: ${message}`)
  return new WherryError(
    'invalid',
    `${kind}.meta.k8s.io "" is invalid: ${all.length === 1 ? all[0] : `[${all.join(', ')}]`}`,
    {
      details: { group: 'meta.k8s.io', kind, causes },
    },
  )
}
