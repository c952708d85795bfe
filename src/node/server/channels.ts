import type { WebSocket } from 'ws'
import type { RuntimeStream } from './runtime-stream.ts'
import { SpdyClient } from './spdy.ts'

/** Which streams of a process are wanted. */
export interface Streams {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** How streams are put on a WebSocket: a byte in front of each message says which it belongs to. */
export interface ChannelProtocol {
  readonly name: string
  /** Messages are text, in base64, with a digit in front. */
  readonly base64: boolean
  /** The client can say that nothing more comes on a stream. */
  readonly canClose: boolean
  /** How the process ended is told as a Status; before there was that, only as a text, and only when it failed. */
  readonly tellsStatus: boolean
}

/** The protocols that are spoken, the best first. */
export const channelProtocols: readonly ChannelProtocol[] = [
  { name: 'v5.channel.k8s.io', base64: false, canClose: true, tellsStatus: true },
  { name: 'v4.channel.k8s.io', base64: false, canClose: false, tellsStatus: true },
  { name: 'v4.base64.channel.k8s.io', base64: true, canClose: false, tellsStatus: true },
  { name: 'channel.k8s.io', base64: false, canClose: false, tellsStatus: false },
  { name: 'base64.channel.k8s.io', base64: true, canClose: false, tellsStatus: false },
  { name: '', base64: false, canClose: false, tellsStatus: false },
]

/** The first protocol of ours that the client offers. */
export function chooseProtocol(offered: readonly string[]): ChannelProtocol | undefined {
  const names = offered.length === 0 ? [''] : offered
  return channelProtocols.find(({ name }) => names.includes(name))
}

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const ERROR = 3
const RESIZE = 4
const CLOSE = 255
const bufferedBytesMax = 1 << 20

/** Joins a client's WebSocket with the streams of a process, until one of them ends. */
export function joinChannels(
  ws: WebSocket,
  protocol: ChannelProtocol,
  { socket, head }: RuntimeStream,
  streams: Streams,
): void {
  const channels = new Map<number, number>()
  const send = (channel: number, data: Buffer): void => {
    const message = protocol.base64 ? `${channel}${data.toString('base64')}` : Buffer.concat([Buffer.of(channel), data])
    // A client that does not read holds the process, not this server's memory.
    ws.send(message, () => {
      if (socket.isPaused() && ws.bufferedAmount < bufferedBytesMax) socket.resume()
    })
    if (ws.bufferedAmount >= bufferedBytesMax) socket.pause()
  }
  let status = ''
  const spdy = new SpdyClient(socket, Buffer.alloc(0), {
    data(id, data) {
      const channel = channels.get(id)
      if (channel === ERROR && !protocol.tellsStatus) status += data.toString()
      else if (channel !== undefined) send(channel, data)
    },
    end(id) {
      if (channels.get(id) !== ERROR) return
      const failure = failureIn(status)
      if (failure !== undefined) send(ERROR, Buffer.from(failure))
    },
  })
  const open = (streamtype: string, channel: number): number => {
    const id = spdy.open({ streamtype })
    channels.set(id, channel)
    return id
  }
  open('error', ERROR)
  const stdin = streams.stdin ? open('stdin', STDIN) : undefined
  if (streams.stdout) open('stdout', STDOUT)
  if (streams.stderr && !streams.tty) open('stderr', STDERR)
  const resize = streams.tty ? open('resize', RESIZE) : undefined
  const target = (channel: number): number | undefined =>
    channel === STDIN ? stdin : channel === RESIZE ? resize : undefined

  ws.on('message', (raw: Buffer, isBinary: boolean) => {
    const [channel, data] = unpack(raw, isBinary, protocol)
    if (channel === CLOSE && protocol.canClose) {
      const id = target(data[0] ?? -1)
      if (id !== undefined) spdy.end(id)
      return
    }
    const id = target(channel)
    if (id !== undefined && data.length > 0 && !spdy.write(id, data)) ws.pause()
  })
  socket.on('drain', () => ws.resume())
  socket.on('close', () => ws.close(1000))
  socket.on('error', () => ws.close(1011))
  ws.on('close', () => socket.destroy())
  ws.on('error', () => socket.destroy())
  // Tells the client that the streams are open.
  if (streams.stdout || streams.stderr) send(streams.stdout ? STDOUT : STDERR, Buffer.alloc(0))
  if (head.length > 0) socket.unshift(head)
  socket.resume()
}

/** What a Status says of a failure, for clients from before it was sent as such; undefined when all went well. */
export function failureIn(status: string): string | undefined {
  if (status === '') return undefined
  try {
    const { status: outcome, message } = JSON.parse(status) as { status?: string; message?: string }
    return outcome === 'Success' ? undefined : (message ?? status)
  } catch {
    return status
  }
}

function unpack(raw: Buffer, isBinary: boolean, { base64 }: ChannelProtocol): [number, Buffer] {
  if (!base64 || isBinary) return [raw[0] ?? -1, raw.subarray(1)]
  const text = raw.toString('latin1')
  return [Number(text[0]), Buffer.from(text.slice(1), 'base64')]
}

/** Carries a whole SPDY connection in the messages of a WebSocket. */
export function joinTunnel(ws: WebSocket, { socket, head }: RuntimeStream): void {
  const send = (data: Buffer): void => {
    ws.send(data, () => {
      if (socket.isPaused() && ws.bufferedAmount < bufferedBytesMax) socket.resume()
    })
    if (ws.bufferedAmount >= bufferedBytesMax) socket.pause()
  }
  socket.on('data', send)
  ws.on('message', (raw: Buffer) => {
    if (!socket.write(raw)) ws.pause()
  })
  socket.on('drain', () => ws.resume())
  socket.on('close', () => ws.close(1000))
  socket.on('error', () => ws.close(1011))
  ws.on('close', () => socket.destroy())
  ws.on('error', () => socket.destroy())
  if (head.length > 0) send(head)
  socket.resume()
}
