import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createConnection } from 'node:net'
import type { Clock } from '../lib/clock.ts'

/** Where questions about the rest of the world go. */
export interface Upstream {
  /** Asks with a whole DNS message; the answer carries the same id. Undefined when nobody answered. */
  ask(query: Buffer, key: string): Promise<Buffer | undefined>
}

const TIMEOUT_MS = 2_000
const CACHE_ENTRIES_MAX = 10_000
const CACHE_MS_MAX = 30_000

/** The name servers of a resolv.conf, without those that are this server itself: a question must not come back to it. */
export function readNameServers(resolvConf: string, own: readonly string[]): readonly string[] {
  return resolvConf
    .split('\n')
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1])
    .filter((address) => address !== undefined)
    .filter((address) => !own.includes(address))
}

/** Forwards to the first name server that answers; keeps answers for as long as `ttlOf` says, at most half a minute. */
export function forwardTo(
  servers: readonly string[],
  { clock, ttlOf }: { readonly clock: Clock; readonly ttlOf: (answer: Buffer) => number },
): Upstream {
  const cache = new Map<string, { answer: Buffer; until: number }>()
  const waiting = new Map<string, Promise<Buffer | undefined>>()

  const ask = async (query: Buffer): Promise<Buffer | undefined> => {
    for (const server of servers) {
      const answer = await askByUdp(server, query)
      if (answer === undefined) continue
      const truncated = (answer[2]! & 0x02) !== 0
      return truncated ? ((await askByTcp(server, query)) ?? answer) : answer
    }
    return undefined
  }
  const withId = (answer: Buffer, query: Buffer): Buffer => {
    const copy = Buffer.from(answer)
    query.copy(copy, 0, 0, 2)
    return copy
  }
  return {
    async ask(query, key) {
      const kept = cache.get(key)
      if (kept !== undefined && kept.until > clock.now()) return withId(kept.answer, query)
      cache.delete(key)
      // The same question asked by many at once goes out once.
      let pending = waiting.get(key)
      if (pending === undefined) {
        pending = ask(query).finally(() => waiting.delete(key))
        waiting.set(key, pending)
      }
      const answer = await pending
      if (answer === undefined) return undefined
      const ttlMs = Math.min(ttlOf(answer) * 1000, CACHE_MS_MAX)
      if (ttlMs > 0) {
        if (cache.size >= CACHE_ENTRIES_MAX) cache.delete(cache.keys().next().value!)
        cache.set(key, { answer, until: clock.now() + ttlMs })
      }
      return withId(answer, query)
    },
  }
}

/** One exchange over UDP: a random port and id for each, so that answers are hard to forge (RFC 5452). */
function askByUdp(server: string, query: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4')
    const id = randomInt(0x1_0000)
    const outgoing = Buffer.from(query)
    outgoing.writeUInt16BE(id, 0)
    const end = (answer: Buffer | undefined): void => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(() => end(undefined), TIMEOUT_MS)
    socket.on('error', () => end(undefined))
    socket.on('message', (answer) => {
      if (answer.length >= 12 && answer.readUInt16BE(0) === id) end(answer)
    })
    // Connected: the kernel drops what comes from anybody else.
    socket.connect(53, server, () => socket.send(outgoing))
  })
}

function askByTcp(server: string, query: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: server, port: 53, timeout: TIMEOUT_MS })
    let received: Buffer = Buffer.alloc(0)
    const end = (answer: Buffer | undefined): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(query.length)
      socket.write(Buffer.concat([length, query]))
    })
    socket.on('timeout', () => end(undefined))
    socket.on('error', () => end(undefined))
    socket.on('close', () => end(undefined))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0))
        end(received.subarray(2, 2 + received.readUInt16BE(0)))
    })
  })
}
