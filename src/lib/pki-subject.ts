import { WherryError } from './errors.ts'

/** Who a certificate is about, and when it holds. */
export interface CertificateSubject {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

const SEQUENCE = 0x30
const EXPLICIT_VERSION = 0xa0
const UTC_TIME = 0x17
/** The identifiers 2.5.4.3 and 2.5.4.10. */
const COMMON_NAME = '550403'
const ORGANIZATION = '55040a'

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
    const names = readNames(subject.content)
    return {
      commonName: names.get(COMMON_NAME)?.[0] ?? '',
      organizations: names.get(ORGANIZATION) ?? [],
      notBeforeMs: readTime(notBefore!),
      notAfterMs: readTime(notAfter!),
    }
  } catch (cause) {
    throw new WherryError('unauthenticated', 'The client certificate cannot be read.', { cause })
  }
}

interface Element {
  readonly tag: number
  readonly content: Buffer
}

/** The elements that follow each other in `bytes`. */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at)
    let length = bytes.readUInt8(at + 1)
    at += 2
    if (length >= 0x80) {
      const size = length & 0x7f
      length = bytes.readUIntBE(at, size)
      at += size
    }
    if (at + length > bytes.length) throw new RangeError('an element is longer than what holds it')
    found.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}

/** Attributes of a distinguished name, by the hexadecimal form of their identifier. */
function readNames(content: Buffer): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (const set of elements(content)) {
    for (const attribute of elements(set.content)) {
      const [type, value] = elements(attribute.content)
      const id = type!.content.toString('hex')
      names.set(id, [...(names.get(id) ?? []), readString(value!)])
    }
  }
  return names
}

function readString({ tag, content }: Element): string {
  switch (tag) {
    case 0x0c: // UTF8String
      return content.toString('utf8')
    case 0x13: // PrintableString
    case 0x14: // T61String
    case 0x16: // IA5String
      return content.toString('latin1')
    case 0x1e: // BMPString, big-endian
      return Buffer.from(content).swap16().toString('utf16le')
    default:
      throw new Error(`unknown kind of string: ${tag}`)
  }
}

/** `260601000000Z` or `20260601000000Z`. */
function readTime({ tag, content }: Element): number {
  const text = content.toString('latin1')
  const year = tag === UTC_TIME ? (text < '5' ? '20' : '19') + text.slice(0, 2) : text.slice(0, 4)
  const [month, day, hour, minute, second] = text.slice(tag === UTC_TIME ? 2 : 4).match(/\d\d/g)!
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
