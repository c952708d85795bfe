/** The wire types of protobuf that messages of the API use. */
export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
const FIXED32 = 5

/**
 * Writes a protobuf message from its end to its beginning, so that the length of each inner message is known when its
 * turn comes. Whoever uses it writes fields in descending order, and of each field first the value, then the tag.
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(1024)
  /** Where the written part begins; it ends at the end of the buffer. */
  #at = this.#buffer.length

  /** How many bytes are written. */
  get length(): number {
    return this.#buffer.length - this.#at
  }

  clear(): void {
    this.#at = this.#buffer.length
  }

  /** A copy of what is written. */
  finish(): Buffer<ArrayBuffer> {
    const bytes = Buffer.from(this.#buffer.subarray(this.#at))
    this.clear()
    return bytes
  }

  #room(size: number): void {
    if (this.#at >= size) return
    const { length } = this
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, length + size))
    this.#buffer.copy(larger, larger.length - length, this.#at)
    this.#buffer = larger
    this.#at = larger.length - length
  }

  tag(number: number, wireType: number): void {
    this.unsigned(number * 8 + wireType)
  }

  /** A whole number that is not negative. */
  unsigned(value: number): void {
    let size = 1
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
    this.#room(size)
    this.#at -= size
    let at = this.#at
    let rest = value
    while (rest >= 128) {
      this.#buffer[at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#buffer[at] = rest
  }

  /** A whole number; negative ones take ten bytes, also those of 32 bits. */
  integer(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return this.unsigned(value)
    let rest = BigInt.asUintN(64, BigInt(value))
    const bytes: number[] = []
    while (rest >= 128n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    this.raw(Uint8Array.from([...bytes, Number(rest)]))
  }

  double(value: number): void {
    this.#room(8)
    this.#at -= 8
    this.#buffer.writeDoubleLE(value, this.#at)
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#at -= bytes.length
    this.#buffer.set(bytes, this.#at)
  }

  /** Bytes with their length. */
  bytes(bytes: Uint8Array): void {
    this.raw(bytes)
    this.unsigned(bytes.length)
  }

  /** Text with its length. */
  text(text: string): void {
    const { length } = text
    if (length < 40) {
      // Most texts are short and ASCII; those are faster by hand.
      this.#room(length)
      let at = this.#at
      let i = length - 1
      for (; i >= 0; i--) {
        const code = text.charCodeAt(i)
        if (code > 127) break
        this.#buffer[--at] = code
      }
      if (i < 0) {
        this.#at = at
        this.unsigned(length)
        return
      }
    }
    const size = Buffer.byteLength(text)
    this.#room(size)
    this.#at -= size
    this.#buffer.write(text, this.#at, size, 'utf8')
    this.unsigned(size)
  }
}

/** Reads a protobuf message. Every read throws a RangeError when the bytes end too early. */
export class Reader {
  readonly #buffer: Buffer
  readonly end: number
  at: number

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.#buffer = bytes
    this.at = at
    this.end = end
  }

  get done(): boolean {
    return this.at >= this.end
  }

  #byte(): number {
    if (this.at >= this.end) throw new RangeError('unexpected end of protobuf message')
    return this.#buffer[this.at++]!
  }

  /** The number of a field times eight, plus its wire type. */
  tag(): number {
    return this.unsigned()
  }

  /** A whole number that is not negative; what does not fit a safe integer is not exact. */
  unsigned(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
    throw new RangeError('a protobuf number is too long')
  }

  /** A whole number of 64 bits with its sign. */
  big(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asIntN(64, value)
    }
    throw new RangeError('a protobuf number is too long')
  }

  integer(): number {
    const start = this.at
    const value = this.unsigned()
    if (value <= Number.MAX_SAFE_INTEGER) return value
    this.at = start
    return Number(this.big())
  }

  double(): number {
    const start = this.#take(8)
    return this.#buffer.readDoubleLE(start)
  }

  bytes(): Buffer {
    const size = this.unsigned()
    const start = this.#take(size)
    return this.#buffer.subarray(start, start + size)
  }

  text(): string {
    const size = this.unsigned()
    const start = this.#take(size)
    return this.#buffer.toString('utf8', start, start + size)
  }

  /** A reader of the message that stands here. */
  message(): Reader {
    const size = this.unsigned()
    const start = this.#take(size)
    return new Reader(this.#buffer, start, start + size)
  }

  /** Passes over a value that nobody wants. */
  skip(wireType: number): void {
    if (wireType === VARINT) this.big()
    else if (wireType === FIXED64) this.#take(8)
    else if (wireType === BYTES) this.#take(this.unsigned())
    else if (wireType === FIXED32) this.#take(4)
    else throw new RangeError(`protobuf wire type ${wireType} is not in use`)
  }

  #take(size: number): number {
    const start = this.at
    if (size > this.end - start) throw new RangeError('unexpected end of protobuf message')
    this.at = start + size
    return start
  }
}
