import type { Kind } from '../../src/api/meta/kind.ts'
import type { Client } from '../../src/client/client.ts'

export interface Tap {
  /** Called before each call that changes something; what it throws is what the caller gets, and nothing is sent. */
  beforeWrite?(verb: string, kind: Kind<any>): void
  /** Called when the server has done what it was asked to; what it throws is what the caller gets instead of the answer. */
  afterWrite?(verb: string, kind: Kind<any>): void
}

export interface TappedClient extends Client {
  /** How many calls are under way. */
  readonly inFlight: () => number
  /** The last writes that were sent, for those who wonder why it does not come to rest. */
  readonly recent: readonly string[]
}

const RECENT_MAX = 10

const WRITES = ['create', 'update', 'updateStatus', 'patch', 'delete', 'deleteCollection', 'createSubresource'] as const
const READS = ['get', 'list', 'raw', 'stream'] as const

/** A client that counts what is under way, and lets a test step in before and after each write. */
export function tapClient(client: Client, tap: Tap = {}): TappedClient {
  let inFlight = 0
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    inFlight++
    try {
      return await call()
    } finally {
      inFlight--
    }
  }
  const recent: string[] = []
  const tapped: Record<string, unknown> = { ...client, inFlight: () => inFlight, recent }
  for (const verb of READS) {
    tapped[verb] = (...args: unknown[]) => counted(() => (client[verb] as any)(...args))
  }
  for (const verb of WRITES) {
    tapped[verb] = (kind: Kind<any>, ...args: unknown[]) =>
      counted(async () => {
        tap.beforeWrite?.(verb, kind)
        recent.push(`${verb} ${kind.plural} ${JSON.stringify(args).slice(0, 300)}`)
        if (recent.length > RECENT_MAX) recent.shift()
        const answer = await (client[verb] as any)(kind, ...args)
        tap.afterWrite?.(verb, kind)
        return answer
      })
  }
  return tapped as unknown as TappedClient
}
