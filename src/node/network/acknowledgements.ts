import { Nodes } from '../../api/core/node.ts'
import type { Node } from '../../api/core/v1.ts'
import type { WatchCache } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import { Passes } from '../../lib/passes.ts'
import { whenever } from './whenever.ts'

/** On a Node: up to which revision of EndpointSlices its proxy and gateway have let go of endpoints that left. */
export const LET_GO = 'wherry.dev/let-go-of-endpoints-until'

export interface AcknowledgementOptions {
  readonly nodeName: string
  readonly client: Client
  readonly nodes: WatchCache<Node>
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** How nodes tell each other that no connection of theirs begins at an endpoint any more. */
export interface Acknowledgements {
  /** Tells the others, soon. */
  publish(revision: number): void
  /** Resolves when every node that is ready has told of this revision or a later one. */
  byAll(revision: number, signal: AbortSignal): Promise<void>
  ended(): Promise<void>
}

// Every node may have to tell all others of every pod that ends: the more there are, the more is told at once.
const PAUSE_MS_PER_NODE = 20
const PAUSE_MS_MAX = 5_000

export function openAcknowledgements(options: AcknowledgementOptions): Acknowledgements {
  const { nodeName, client, nodes, clock, log, signal } = options
  let reached = 0
  let told = 0
  const passes = new Passes<'tell'>({
    async run() {
      if (reached <= told || nodes.list().length < 2) return
      const revision = reached
      const metadata = { annotations: { [LET_GO]: `${revision}` } }
      await client.patch(Nodes, { name: nodeName }, { metadata }, { type: 'merge' })
      told = revision
      await clock.sleep(Math.min(nodes.list().length * PAUSE_MS_PER_NODE, PAUSE_MS_MAX), signal).catch(() => {})
    },
    onError: (error) => log.warn('other nodes could not be told that endpoints are gone', { error }),
    clock,
    signal,
  })
  const missing = (revision: number): boolean =>
    nodes.list().some((node) => node.metadata.name !== nodeName && isReady(node) && revisionOf(node) < revision)

  return {
    publish(revision) {
      reached = Math.max(reached, revision)
      passes.mark('tell')
    },
    byAll: (revision, waiting) => whenever(nodes, () => !missing(revision), waiting),
    ended: () => passes.ended(),
  }
}

function isReady({ status }: Node): boolean {
  return (status.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')
}

function revisionOf({ metadata }: Node): number {
  return Number(metadata.annotations?.[LET_GO] ?? 0)
}
