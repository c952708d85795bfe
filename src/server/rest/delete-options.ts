import type { Cause } from '../../lib/errors.ts'
import { optionsInvalid, readDryRun } from './options.ts'
import { badRequest } from './refusals.ts'

export interface DeleteQuery {
  readonly gracePeriodSeconds: number | undefined
  readonly policy: 'Background' | 'Foreground' | 'Orphan' | undefined
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
  readonly dryRun: boolean
  /** The older way to ask for Background. */
  readonly isCascading: boolean
}

/** Reads DeleteOptions, which a client may send as the body or as parameters. */
export function readDeleteQuery(query: URLSearchParams, body: unknown): DeleteQuery {
  const options = body === undefined ? fromParameters(query) : asObject(body)
  const preconditions = asObject(options['preconditions'] ?? {})
  const causes: Cause[] = []
  const policy = readPolicy(options, causes)
  const dryRun = readDryRun(textList(options['dryRun']), causes)
  if (causes.length > 0) throw optionsInvalid('DeleteOptions', causes)
  return {
    gracePeriodSeconds: wholeNumber(options['gracePeriodSeconds']),
    policy,
    uid: text(preconditions['uid']),
    resourceVersion: text(preconditions['resourceVersion']),
    dryRun,
    isCascading: options['orphanDependents'] === false,
  }
}

function fromParameters(query: URLSearchParams): Record<string, unknown> {
  const grace = query.get('gracePeriodSeconds')
  const orphan = query.get('orphanDependents')
  return {
    ...(grace === null || grace === '' ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(orphan === null ? {} : { orphanDependents: orphan === 'true' || orphan === '1' }),
    propagationPolicy: query.get('propagationPolicy') || undefined,
    dryRun: query.getAll('dryRun'),
  }
}

const POLICIES = ['Background', 'Foreground', 'Orphan'] as const

function readPolicy(
  { propagationPolicy, orphanDependents }: Record<string, unknown>,
  causes: Cause[],
): DeleteQuery['policy'] {
  if (typeof orphanDependents === 'boolean') {
    if (propagationPolicy !== undefined && propagationPolicy !== null) {
      causes.push({
        reason: 'FieldValueInvalid',
        field: 'propagationPolicy',
        message: `Invalid value: ${JSON.stringify(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`,
      })
    }
    return orphanDependents ? 'Orphan' : 'Background'
  }
  if (propagationPolicy === undefined || propagationPolicy === null || propagationPolicy === '') return undefined
  const policy = POLICIES.find((one) => one === propagationPolicy)
  if (policy === undefined) {
    causes.push({
      reason: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      message: `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    })
  }
  return policy
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw badRequest('the body of the request is no object: DeleteOptions were expected')
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw badRequest('the preconditions of DeleteOptions are texts')
}

function textList(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map(String)
  throw badRequest('dryRun of DeleteOptions is a list')
}

function wholeNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (Number.isSafeInteger(value)) return value as number
  throw badRequest(`gracePeriodSeconds: ${JSON.stringify(value)} is not a whole number`)
}
