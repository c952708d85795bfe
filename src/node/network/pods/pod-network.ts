import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Nodes } from '../../../api/core/node.ts'
import type { Node } from '../../../api/core/v1.ts'
import type { Caches, WatchCache } from '../../../client/cache.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Logger } from '../../../lib/log.ts'
import { Passes } from '../../../lib/passes.ts'
import type { Cidr } from '../addresses.ts'
import { whenever } from '../whenever.ts'
import { conflist } from './conflist.ts'
import { changePeers, ensureBridge, ensureOverlay, listLinks, tunnelMtu } from './links.ts'
import { addressOf, peersOf, rangeOf } from './peers.ts'
import type { Peer } from './peers.ts'

export interface PodNetworkOptions {
  readonly nodeName: string
  /** Names of links, of at most 15 characters, that no other cluster on this machine uses. */
  readonly bridge: string
  readonly overlay: string
  /** The number and port of the tunnels between nodes; the same on all of them. */
  readonly overlayNetwork: number
  readonly overlayPort: number
  /** Addresses of Services that this node answers itself. */
  readonly services: readonly string[]
  /** Where the runtime looks for its network configuration. */
  readonly cniConfDir: string
  readonly leaseDir: string
  readonly caches: Caches
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** The network of this node's pods. */
export interface PodNetwork {
  readonly nodeRange: Cidr
  /** The address by which other nodes reach this one. */
  readonly address: string
  /** Resolves when pods of all nodes can be reached that the cache knew at the time of the call. */
  settled(signal?: AbortSignal): Promise<void>
  ended(): Promise<void>
}

/** The file by which the runtime knows our network. */
export const CONFLIST = '10-wherry.conflist'

/** Waits until the Node has a range for its pods, and resolves when the runtime can connect them. */
export async function startPodNetwork(options: PodNetworkOptions): Promise<PodNetwork> {
  const { nodeName, bridge, overlay, caches, clock, log, signal } = options
  const nodes = caches.of(Nodes)
  await nodes.synced()
  const { range: nodeRange, address } = await placeOf(nodes, nodeName, signal)

  const here = `${address} ${JSON.stringify(nodeRange)}`
  const links = await listLinks()
  const mtu = tunnelMtu(links, address)
  await ensureBridge({ bridge, nodeRange, mtu, services: options.services }, links, log)
  await writeConflist(options, nodeRange, mtu)

  let known: ReadonlyMap<string, Peer> | undefined
  const passes = new Passes<'peers'>({
    async run() {
      const peers = peersOf(nodes.list(), nodeName)
      // A cluster of one node needs no tunnel.
      if (known === undefined && peers.size === 0 && !links.some(({ ifname }) => ifname === overlay)) return
      const { overlayNetwork: network, overlayPort: port } = options
      known ??= await ensureOverlay({ overlay, nodeRange, mtu, address, network, port })
      const before = known
      // What fails half way is looked up anew.
      known = undefined
      await changePeers(overlay, before, peers)
      known = peers
    },
    onError: (error) => log.error('other nodes cannot be reached', { error }),
    clock,
    signal,
  })
  const stop = nodes.onChange(({ object, previous }) => {
    if (placement(object) === placement(previous)) return
    if (object?.metadata.name !== nodeName) passes.mark('peers')
    else if (placement(object) !== here) {
      log.error('the node was given another range or address while it runs; start its agent anew', { was: here })
    }
  })
  signal.addEventListener('abort', stop, { once: true })
  passes.mark('peers')
  await passes.settled(signal)
  return { nodeRange, address, settled: (waiting) => passes.settled(waiting), ended: () => passes.ended() }
}

/** What of a Node matters here, to be compared. */
function placement(node: Node | undefined): string {
  return node === undefined ? '' : `${addressOf(node)} ${JSON.stringify(rangeOf(node))}`
}

/** The range and address of a node, as soon as it has both. */
async function placeOf(nodes: WatchCache<Node>, name: string, signal: AbortSignal): Promise<Peer> {
  const look = (): Peer | undefined => {
    const node = nodes.get({ name })
    const range = node && rangeOf(node)
    const address = node && addressOf(node)
    return range === undefined || address === undefined ? undefined : { range, address }
  }
  await whenever(nodes, () => look() !== undefined, signal)
  return look()!
}

async function writeConflist({ cniConfDir, leaseDir, bridge }: PodNetworkOptions, nodeRange: Cidr, mtu: number) {
  await Promise.all([mkdir(cniConfDir, { recursive: true }), mkdir(leaseDir, { recursive: true })])
  const file = join(cniConfDir, CONFLIST)
  // Its name does not end as the runtime expects, and a half-written one is never seen.
  await writeFile(`${file}.new`, conflist({ name: 'wherry', bridge, nodeRange, mtu, leaseDir }))
  await rename(`${file}.new`, file)
}
