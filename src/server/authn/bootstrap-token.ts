import { timingSafeEqual } from 'node:crypto'
import { Secrets } from '../../api/core/secret.ts'
import type { Secret } from '../../api/core/v1.ts'
import type { ObjectReader } from '../admission/admission.ts'
import { AUTHENTICATED } from './groups.ts'
import { Identity } from './identity.ts'

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/
const TYPE = 'bootstrap.kubernetes.io/token'

/** Whether a token has the form `abcdef.0123456789abcdef`, by which a machine introduces itself. */
export function looksLikeBootstrapToken(token: string): boolean {
  return TOKEN.test(token)
}

/** Who holds a bootstrap token: it has to stand, unexpired and allowed for this use, in its Secret in kube-system. */
export function checkBootstrapToken(token: string, objects: ObjectReader, nowMs: number): Identity | undefined {
  const [, id, secret] = TOKEN.exec(token) ?? []
  if (id === undefined || secret === undefined) return undefined
  const stored = objects.get<Secret>(Secrets, { namespace: 'kube-system', name: `bootstrap-token-${id}` })
  if (stored === undefined || stored.type !== TYPE || stored.metadata.deletionTimestamp !== undefined) return undefined
  const field = (name: string): string => Buffer.from(stored.data?.[name] ?? '', 'base64').toString('utf8')
  if (field('token-id') !== id || !isSame(field('token-secret'), secret)) return undefined
  if (field('usage-bootstrap-authentication') !== 'true' || hasExpired(field('expiration'), nowMs)) return undefined
  const extra = field('auth-extra-groups')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')
  // One group that is not allowed spoils the token: it may have been meant to give less.
  if (!extra.every((group) => GROUP.test(group))) return undefined
  return Identity.of(`system:bootstrap:${id}`, ['system:bootstrappers', ...extra, AUTHENTICATED])
}

function hasExpired(expiration: string, nowMs: number): boolean {
  if (expiration === '') return false
  const at = Date.parse(expiration)
  return Number.isNaN(at) || at <= nowMs
}

/** Takes as long for a near miss as for a far one. */
function isSame(stored: string, given: string): boolean {
  const [one, other] = [Buffer.from(stored), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
