import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { once } from 'node:events'
import type { Endpoint } from './endpoint.ts'

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

export interface RequestOptions {
  readonly body?: string
  readonly contentType?: string
  readonly accept?: string
  /** Sees the body in pieces, which are then not kept. */
  readonly onData?: (piece: Buffer) => void
  /** Runs when the answer begins. */
  readonly onHead?: () => void
}

interface Waiting extends Pick<RequestOptions, 'onData' | 'onHead'> {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Where the parser is in an answer. */
type State = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer'

/**
 * One HTTP/1.1 connection with one request at a time. It does no more than a measurement needs, so that the generator of
 * a load costs little beside the server that it loads.
 */
export class Connection implements AsyncDisposable {
  readonly #socket: TLSSocket
  readonly #host: string
  #waiting: Waiting | undefined
  #state: State = 'head'
  #rest: Buffer | undefined
  #left = 0
  #status = 0
  #pieces: Buffer[] = []

  private constructor(socket: TLSSocket, host: string) {
    this.#socket = socket
    this.#host = host
    socket.on('data', (data: Buffer) => this.#take(data))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  static async open({ host, port, tls }: Endpoint): Promise<Connection> {
    const socket = connect({ host, port, secureContext: tls, ALPNProtocols: ['http/1.1'] })
    socket.setNoDelay(true)
    await once(socket, 'secureConnect')
    return new Connection(socket, `${host}:${port}`)
  }

  static openMany(endpoint: Endpoint, count: number): Promise<Connection[]> {
    return Promise.all(Array.from({ length: count }, () => Connection.open(endpoint)))
  }

  request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { body, contentType = 'application/json', accept = 'application/json', ...handlers } = options
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\naccept: ${accept}\r\nuser-agent: wherry-bench\r\n`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, ...handlers }
      this.#socket.write(
        body === undefined
          ? `${head}\r\n`
          : `${head}content-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    })
  }

  #take(data: Buffer): void {
    let rest = this.#rest === undefined ? data : Buffer.concat([this.#rest, data])
    this.#rest = undefined
    while (rest.length > 0 && this.#waiting !== undefined) {
      const left = this.#step(rest)
      if (left === undefined) {
        this.#rest = rest
        return
      }
      rest = left
    }
  }

  /** Takes one part of an answer from the bytes and gives back the others; undefined when the part is not whole yet. */
  #step(data: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head(data)
      case 'body':
      case 'chunk': {
        const length = Math.min(this.#left, data.length)
        this.#piece(data.subarray(0, length))
        this.#left -= length
        if (this.#left === 0) {
          if (this.#state === 'body') this.#finish()
          else this.#state = 'chunk-end'
        }
        return data.subarray(length)
      }
      default: {
        const end = data.indexOf('\r\n')
        if (end < 0) return undefined
        if (this.#state === 'chunk-end') this.#state = 'chunk-size'
        else if (this.#state === 'trailer') {
          if (end === 0) this.#finish()
        } else {
          this.#left = parseInt(data.toString('latin1', 0, end), 16)
          this.#state = this.#left === 0 ? 'trailer' : 'chunk'
        }
        return data.subarray(end + 2)
      }
    }
  }

  #head(data: Buffer): Buffer | undefined {
    const end = data.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const head = data.toString('latin1', 0, end)
    this.#status = Number(head.slice(9, 12))
    this.#left = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    this.#waiting?.onHead?.()
    if (/\r\ntransfer-encoding: chunked/i.test(head)) this.#state = 'chunk-size'
    else if (this.#left > 0) this.#state = 'body'
    else this.#finish()
    return data.subarray(end + 4)
  }

  #piece(piece: Buffer): void {
    const onData = this.#waiting?.onData
    if (onData === undefined) this.#pieces.push(piece)
    else onData(piece)
  }

  #finish(): void {
    const waiting = this.#waiting
    const answer = {
      status: this.#status,
      body: this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces),
    }
    this.#waiting = undefined
    this.#pieces = []
    this.#state = 'head'
    waiting?.resolve(answer)
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}
