/** One element of the DER encoding: what it is, what is in it, and all its bytes. */
export interface Element {
  readonly tag: number
  readonly content: Buffer
  readonly whole: Buffer
}

/** The elements that follow each other in `bytes`; throws when they are not whole. */
export function elements(bytes: Buffer): Element[] {
  const found: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at
    const tag = bytes.readUInt8(at)
    let length = bytes.readUInt8(at + 1)
    at += 2
    if (length >= 0x80) {
      const size = length & 0x7f
      length = bytes.readUIntBE(at, size)
      at += size
    }
    if (at + length > bytes.length) throw new RangeError('an element is longer than what holds it')
    found.push({ tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) })
    at += length
  }
  return found
}

/** The identifiers 2.5.4.3 and 2.5.4.10. */
const COMMON_NAME = '550403'
const ORGANIZATION = '55040a'

/** Who something is about. */
export interface Subject {
  readonly commonName: string
  readonly organizations: readonly string[]
}

/** Reads the content of a distinguished name. */
export function readName(content: Buffer): Subject {
  const names = new Map<string, string[]>()
  for (const set of elements(content)) {
    for (const attribute of elements(set.content)) {
      const [type, value] = elements(attribute.content)
      const id = type!.content.toString('hex')
      names.set(id, [...(names.get(id) ?? []), readString(value!)])
    }
  }
  return { commonName: names.get(COMMON_NAME)?.[0] ?? '', organizations: names.get(ORGANIZATION) ?? [] }
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
