import type { Element, Subject } from './der.ts'
import { elements, readName } from './der.ts'
import { WherryError } from './errors.ts'

/** Who a certificate is about, and when it holds. */
export interface CertificateSubject extends Subject {
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

const SEQUENCE = 0x30
const EXPLICIT_VERSION = 0xa0
const UTC_TIME = 0x17

/**
 * Reads subject and validity of a DER certificate, in microseconds. It reads the encoding itself, since the text forms of
 * names that libraries print can be made ambiguous by what stands in the names. It verifies nothing: TLS has.
 */
export function readSubject(certificate: Buffer): CertificateSubject {
  try {
    const [outer] = elements(certificate)
    const [body] = elements(outer!.content)
    const fields = elements(body!.content)
    // version, serial number, signature algorithm, issuer, validity, subject; the version may be absent.
    const first = fields[0]!.tag === EXPLICIT_VERSION ? 1 : 0
    const [validity, subject] = [fields[first + 3]!, fields[first + 4]!]
    if (outer!.tag !== SEQUENCE || validity.tag !== SEQUENCE || subject.tag !== SEQUENCE)
      throw new Error('not a certificate')
    const [notBefore, notAfter] = elements(validity.content)
    return { ...readName(subject.content), notBeforeMs: readTime(notBefore!), notAfterMs: readTime(notAfter!) }
  } catch (cause) {
    throw new WherryError('unauthenticated', 'The client certificate cannot be read.', { cause })
  }
}

/** `260601000000Z` or `20260601000000Z`. */
function readTime({ tag, content }: Element): number {
  const text = content.toString('latin1')
  const year = tag === UTC_TIME ? (text < '5' ? '20' : '19') + text.slice(0, 2) : text.slice(0, 4)
  const [month, day, hour, minute, second] = text.slice(tag === UTC_TIME ? 2 : 4).match(/\d\d/g)!
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
