import { Identity } from './identity.ts'

export const AUTHENTICATED = 'system:authenticated'
export const UNAUTHENTICATED = 'system:unauthenticated'

/** Who sends no credentials. One object, so that what is known of it is found again. */
export const anonymous = Identity.of('system:anonymous', [UNAUTHENTICATED])

const ACCOUNT = 'system:serviceaccount:'
const ACCOUNTS = 'system:serviceaccounts'

/** The user that a ServiceAccount is. */
export function accountUsername(namespace: string, name: string): string {
  return `${ACCOUNT}${namespace}:${name}`
}

/** The groups that a ServiceAccount is in. */
export function accountGroups(namespace: string): string[] {
  return [ACCOUNTS, `${ACCOUNTS}:${namespace}`]
}

/** The ServiceAccount that a user is, or undefined. */
export function accountOf(username: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!username.startsWith(ACCOUNT)) return undefined
  const [namespace, name, ...rest] = username.slice(ACCOUNT.length).split(':')
  return namespace && name && rest.length === 0 ? { namespace, name } : undefined
}
