import type { Socket } from 'node:net'

/**
 * As much of SPDY/3.1 as a client of a container runtime needs: it opens streams, writes to them, and reads what comes.
 * There is no flow control, since the other side has none.
 */
export class SpdyClient {
  readonly #socket: Socket
  readonly #handlers: SpdyHandlers
  #rest: Buffer = Buffer.alloc(0)
  #nextId = 1
  #sentHeaders = false

  constructor(socket: Socket, head: Buffer, handlers: SpdyHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    if (head.length > 0) this.#take(head)
  }

  /** Opens a stream and returns its number. */
  open(headers: Readonly<Record<string, string>>): number {
    const id = this.#nextId
    this.#nextId += 2
    const block = this.#headerBlock(headers)
    const body = Buffer.alloc(10 + block.length)
    body.writeUInt32BE(id, 0)
    block.copy(body, 10)
    this.#control(SYN_STREAM, 0, body)
    return id
  }

  /** Returns whether more may be written at once, as sockets do. */
  write(id: number, data: Buffer, isLast = false): boolean {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(id, 0)
    head.writeUInt32BE(data.length, 4)
    if (isLast) head[4] = FLAG_FIN
    this.#socket.write(head)
    return this.#socket.write(data)
  }

  /** Says that nothing more comes on a stream. */
  end(id: number): void {
    this.write(id, Buffer.alloc(0), true)
  }

  #control(type: number, flags: number, body: Buffer): void {
    const head = Buffer.alloc(8)
    head.writeUInt16BE(0x8003, 0)
    head.writeUInt16BE(type, 2)
    head.writeUInt32BE(body.length, 4)
    head[4] = flags
    this.#socket.write(Buffer.concat([head, body]))
  }

  /**
   * Names and values as SPDY has them, in the form of zlib's that does not compress: what is sent twice is short, and a
   * dictionary that all would have to know is not needed.
   */
  #headerBlock(headers: Readonly<Record<string, string>>): Buffer {
    const entries = Object.entries(headers)
    const parts: Buffer[] = [number32(entries.length)]
    for (const [name, value] of entries) {
      const [key, text] = [Buffer.from(name.toLowerCase()), Buffer.from(value)]
      parts.push(number32(key.length), key, number32(text.length), text)
    }
    const plain = Buffer.concat(parts)
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(plain.length, 1)
    stored.writeUInt16LE(plain.length ^ 0xffff, 3)
    const flush = Buffer.from([0, 0, 0, 0xff, 0xff])
    const begin = this.#sentHeaders ? Buffer.alloc(0) : Buffer.from([0x78, 0x01])
    this.#sentHeaders = true
    return Buffer.concat([begin, stored, plain, flush])
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= 8) {
      const length = this.#rest.readUIntBE(5, 3)
      if (this.#rest.length < 8 + length) return
      const head = this.#rest.subarray(0, 8)
      const body = this.#rest.subarray(8, 8 + length)
      this.#rest = this.#rest.subarray(8 + length)
      if ((head[0]! & 0x80) === 0) this.#data(head, body)
      else this.#answer(head.readUInt16BE(2), body)
    }
  }

  #data(head: Buffer, body: Buffer): void {
    const id = head.readUInt32BE(0)
    if (body.length > 0) this.#handlers.data(id, body)
    if ((head[4]! & FLAG_FIN) !== 0) this.#handlers.end(id)
  }

  #answer(type: number, body: Buffer): void {
    if (type === PING) this.#control(PING, 0, Buffer.from(body))
    else if (type === RST_STREAM) this.#handlers.end(body.readUInt32BE(0))
  }
}

export interface SpdyHandlers {
  data(id: number, data: Buffer): void
  end(id: number): void
}

const SYN_STREAM = 1
const RST_STREAM = 3
const PING = 6
const FLAG_FIN = 1

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
