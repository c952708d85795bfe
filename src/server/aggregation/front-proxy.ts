import type { Identity } from '../authn/identity.ts'

/** What the server shows to servers that stand behind it, so that they believe what it says of its callers; PEM. */
export interface FrontProxy {
  readonly cert: string
  readonly key: string
}

/** The headers that tell a server who asks (Kubernetes, "Authenticating proxy"). */
export function identityHeaders({ username, uid, groups, extra }: Identity): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'x-remote-user': onTheWire(username) }
  if (uid !== '') headers['x-remote-uid'] = onTheWire(uid)
  if (groups.length > 0) headers['x-remote-group'] = groups.map(onTheWire)
  for (const [key, values] of Object.entries(extra)) {
    if (values.length > 0) headers[`x-remote-extra-${escapedKey(key)}`] = values.map(onTheWire)
  }
  return headers
}

/** Headers are written byte by byte. */
function onTheWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** What may not stand in the name of a header is written as in a URL, and so is the percent sign. */
function escapedKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[\w!#$&'*+.^`|~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}
