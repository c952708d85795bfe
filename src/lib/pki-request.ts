import { createPublicKey, verify } from 'node:crypto'
import type { Subject } from './der.ts'
import { elements, readName } from './der.ts'
import { WherryError } from './errors.ts'

/** The hash by the signature's identifier in hexadecimal; Ed25519 has its own. */
const HASHES: ReadonlyMap<string, string | null> = new Map([
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2b6570', null],
])
const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\sA-Za-z0-9+/=]+)-----END \1-----/

/**
 * Who a certificate signing request (PEM) is for, once its signature shows that whoever asks holds the key;
 * throws `invalid` for all that is no such request.
 */
export function readSigningRequest(pem: string): Subject {
  const [, type, base64 = ''] = PEM.exec(pem) ?? []
  if (type !== 'CERTIFICATE REQUEST') throw new WherryError('invalid', 'PEM block type must be CERTIFICATE REQUEST')
  let isProven: boolean
  let subject: Subject
  try {
    const [outer] = elements(Buffer.from(base64, 'base64'))
    const [body, algorithm, signature] = elements(outer!.content)
    const [, name, key] = elements(body!.content)
    const hash = HASHES.get(elements(algorithm!.content)[0]!.content.toString('hex'))
    if (hash === undefined) throw new Error('unknown kind of signature')
    subject = readName(name!.content)
    const publicKey = createPublicKey({ key: key!.whole, format: 'der', type: 'spki' })
    // A string of bits begins with the number of those in its last byte that do not count.
    isProven = verify(hash, body!.whole, publicKey, signature!.content.subarray(1))
  } catch (cause) {
    throw new WherryError('invalid', 'the certificate signing request cannot be read', { cause })
  }
  if (!isProven) throw new WherryError('invalid', 'the request is not signed by its own key')
  return subject
}
