import { WherryError } from '../../lib/errors.ts'
import { forbidden } from '../authz/authorize.ts'
import type { Authorizer } from '../authz/permit.ts'
import { ask } from '../authz/question.ts'
import type { ResourceQuestion } from '../authz/question.ts'
import { accountGroups, accountOf, AUTHENTICATED, UNAUTHENTICATED } from './groups.ts'
import type { Credentials } from './identity.ts'
import { Identity } from './identity.ts'

const EXTRA = 'impersonate-extra-'
const AUTHENTICATION = 'authentication.k8s.io'

interface Wanted {
  readonly username: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/**
 * Who a request is to be treated as: the sender, or whom its `Impersonate-` headers name, if the sender may impersonate
 * that user and each of the groups, extra values and the uid.
 */
export function impersonate(sender: Identity, headers: Credentials['headers'], authorizer: Authorizer): Identity {
  const wanted = readHeaders(headers)
  if (wanted === undefined) return sender
  for (const question of questionsOf(wanted)) {
    const { decision, reason } = authorizer(sender, question)
    if (decision !== 'allow') throw forbidden(sender, question, reason)
  }
  const { username, uid, extra } = wanted
  return Identity.of(username, groupsOf(wanted), { uid, extra })
}

function readHeaders(headers: Credentials['headers']): Wanted | undefined {
  const extra: Record<string, string[]> = {}
  for (const name in headers) {
    if (name.startsWith(EXTRA)) extra[decodeKey(name.slice(EXTRA.length))] = valuesOf(headers[name])
  }
  const username = single(headers['impersonate-user'])
  const uid = single(headers['impersonate-uid'])
  const groups = valuesOf(headers['impersonate-group'])
  if (username !== '') return { username, uid, groups, extra }
  if (uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return undefined
  throw new WherryError(
    'bad-request',
    'requested impersonation of a group, a uid or extra values without impersonating a user',
  )
}

/** Extra keys are sent in lower case, with escapes for what a header name cannot have. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

function single(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

/** HTTP lets several headers of one name be joined by commas on the way. */
function valuesOf(value: string | readonly string[] | undefined): string[] {
  if (value === undefined) return []
  return (typeof value === 'string' ? value.split(/,\s*/) : [...value]).filter((one) => one !== '')
}

function questionsOf({ username, uid, groups, extra }: Wanted): ResourceQuestion[] {
  const account = accountOf(username)
  const user = account === undefined ? { plural: 'users', name: username } : { plural: 'serviceaccounts', ...account }
  return [
    ask('impersonate', { version: 'v1', ...user }),
    ...groups.map((name) => ask('impersonate', { version: 'v1', plural: 'groups', name })),
    ...(uid === '' ? [] : [ask('impersonate', { group: AUTHENTICATION, version: 'v1', plural: 'uids', name: uid })]),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map((name) =>
        ask('impersonate', { group: AUTHENTICATION, version: 'v1', plural: 'userextras', subresource, name }),
      ),
    ),
  ]
}

/** The groups asked for, and those that the user would be in anyhow. */
function groupsOf({ username, groups }: Wanted): string[] {
  const account = accountOf(username)
  const all = groups.length === 0 && account !== undefined ? accountGroups(account.namespace) : [...groups]
  const usual = username === 'system:anonymous' ? UNAUTHENTICATED : AUTHENTICATED
  return all.includes(usual) ? all : [...all, usual]
}
