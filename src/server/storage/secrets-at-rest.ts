import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { WherryError } from '../../lib/errors.ts'
import type { AtRest } from '../../store/at-rest.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Sealed bytes begin with this, the key's identifier and a colon; no JSON does. */
const MARK = 'wherry:sealed:1:'
const KEY_ID_LENGTH = 8
/** What the store's keys of all Secrets begin with. */
const SECRETS = '/registry/secrets/'

interface SealingKey {
  readonly head: Buffer
  readonly key: Buffer
}

/**
 * Encrypts Secrets on disk with AES-256-GCM, tied to the store's key of the object, so that nobody with the disk alone can read them,
 * change them, or put those of one object in the place of another. `keys` has a key in base64 on each line: the first seals,
 * all of them open. To change the key, put a new one in front and restart: the store then seals everything with it, and the
 * old one can go. Bytes from before there was a key are read as they are.
 */
export function secretsAtRest(keys: string): AtRest {
  const ring = keys
    .split(/\s+/)
    .filter((line) => line !== '')
    .map(readKey)
  const [current] = ring
  if (current === undefined) throw new WherryError('invalid', 'The file of keys for Secrets has no key.')
  const ownerOf = (bytes: Buffer): SealingKey | undefined => ring.find(({ head }) => startsWith(bytes, head))
  return {
    covers: (key) => key.startsWith(SECRETS),
    seal(key, bytes) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, current.key, nonce).setAAD(Buffer.from(key))
      const sealed = [cipher.update(bytes), cipher.final()]
      return Buffer.concat([current.head, nonce, cipher.getAuthTag(), ...sealed])
    },
    open(key, bytes) {
      if (!startsWith(bytes, Buffer.from(MARK))) return bytes
      const owner = ownerOf(bytes)
      if (owner === undefined) {
        const id = bytes.toString('latin1', MARK.length, MARK.length + KEY_ID_LENGTH)
        throw new WherryError('internal', `${key} is encrypted with a key that is not here (${id}).`, {
          hint: 'Put that key back into the file of keys.',
        })
      }
      const nonceAt = owner.head.length
      const tagAt = nonceAt + NONCE_BYTES
      try {
        const decipher = createDecipheriv(CIPHER, owner.key, bytes.subarray(nonceAt, tagAt), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(Buffer.from(key)).setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES))
        return Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()])
      } catch (cause) {
        throw new WherryError(
          'internal',
          `The bytes stored for ${key} have been changed, or belong to another object.`,
          { cause },
        )
      }
    },
    isCurrent: (bytes) => startsWith(bytes, current.head),
  }
}

function readKey(line: string): SealingKey {
  const key = Buffer.from(line, 'base64')
  if (key.length !== KEY_BYTES) {
    throw new WherryError(
      'invalid',
      `A key for Secrets must be ${KEY_BYTES} bytes in base64; this one has ${key.length}.`,
    )
  }
  const id = createHash('sha256').update(key).digest('hex').slice(0, KEY_ID_LENGTH)
  return { head: Buffer.from(`${MARK}${id}:`), key }
}

function startsWith(bytes: Buffer, head: Buffer): boolean {
  return bytes.length >= head.length && head.compare(bytes, 0, head.length) === 0
}
