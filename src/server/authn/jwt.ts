import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { WherryError } from '../../lib/errors.ts'

/** A key that proves who made a token. */
export interface TokenKey {
  readonly id: string
  readonly algorithm: 'RS256' | 'ES256'
  readonly publicKey: KeyObject
  /** Absent for a key that is only believed, as after a rotation. */
  readonly privateKey: KeyObject | undefined
}

/** What stands in a token. Times are seconds since the epoch. */
export type Claims = Readonly<Record<string, unknown>>

/** Reads a PEM key: RSA or P-256, private or public. */
export function readTokenKey(pem: string): TokenKey {
  const privateKey = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : undefined
  const publicKey = createPublicKey(pem)
  const curve = publicKey.asymmetricKeyDetails?.namedCurve
  const rsa = publicKey.asymmetricKeyType === 'rsa'
  if (!rsa && curve !== 'prime256v1') {
    throw new WherryError('invalid', 'A key for ServiceAccount tokens must be RSA or ECDSA on the curve P-256.')
  }
  // The identifier of a key is the hash of its public half, so that whoever has the key can work it out.
  const id = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
  return { id, algorithm: rsa ? 'RS256' : 'ES256', publicKey, privateKey }
}

/** Makes a signed token in its compact form. */
export function signToken(key: TokenKey, claims: Claims): string {
  if (key.privateKey === undefined) throw new WherryError('internal', 'a public key cannot sign')
  const text = `${encode({ alg: key.algorithm, kid: key.id })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The claims of a token without a look at its signature: for deciding who should look. Undefined when it is none. */
export function peekClaims(token: string): Claims | undefined {
  const parts = token.split('.')
  return parts.length === 3 ? decode(parts[1]!) : undefined
}

/** The claims of a token that one of the keys has signed; undefined otherwise. Says nothing about its times. */
export function verifyToken(keys: readonly TokenKey[], token: string): Claims | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const [head, body, signature] = parts as [string, string, string]
  const header = decode(head)
  if (header === undefined) return undefined
  const text = Buffer.from(`${head}.${body}`)
  const bytes = Buffer.from(signature, 'base64url')
  for (const key of keys) {
    // The algorithm is the key's, never what a token asks for.
    if (header['alg'] !== key.algorithm || (header['kid'] !== undefined && header['kid'] !== key.id)) continue
    if (verify('sha256', text, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, bytes)) return decode(body)
  }
  return undefined
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}

/** The public half as others read it (RFC 7517). */
export function jsonWebKey(key: TokenKey): Readonly<Record<string, unknown>> {
  return { use: 'sig', kid: key.id, alg: key.algorithm, ...key.publicKey.export({ format: 'jwk' }) }
}
