import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { Nodes } from '../../api/core/node.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import type { Pod } from '../../api/core/v1.ts'
import type { Caches } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Recorder } from '../../lib/decisions.ts'
import type { Logger } from '../../lib/log.ts'
import { openAcknowledgements } from './acknowledgements.ts'
import { addressAt, formatCidr, parseCidr } from './addresses.ts'
import { openDrain } from './drain.ts'
import type { Answerer } from './drain.ts'
import { letFinish } from './in-flight.ts'
import { openNftSession } from './nft-session.ts'
import { keepForwarding } from './pods/forwarding.ts'
import { startPodNetwork } from './pods/pod-network.ts'
import { startServiceProxy } from './services/service-proxy.ts'

/** What a cluster's links and tables are called on a machine; two clusters side by side have different ones. */
export interface NetworkNames {
  /** Links have at most 15 characters. */
  readonly bridge: string
  readonly overlay: string
  readonly table: string
}

export interface DataPlaneOptions {
  readonly nodeName: string
  readonly names: NetworkNames
  readonly podRange: string
  readonly serviceRange: string
  readonly dnsAddress: string
  /** The number and UDP port by which nodes' tunnels of this cluster are known; the same on all of them. */
  readonly overlayNetwork: number
  readonly overlayPort: number
  readonly cniConfDir: string
  /** A folder of its own for what it remembers. */
  readonly dataDir: string
  readonly client: Client
  readonly caches: Caches
  readonly clock: Clock
  readonly log: Logger
  readonly recorder: Recorder
  /** Who decides, as in `agent/node-1/network`. */
  readonly by: string
  readonly signal: AbortSignal
}

/** What carries packets on a node: its pods' network and the Services. */
export interface DataPlane {
  /** The addresses of this node's pods, and the one among them that is the node's own. */
  readonly podRange: string
  readonly podGateway: string
  /** How far the kernel has followed the EndpointSlices. */
  appliedRevision(): string
  /** Resolves when the kernel has followed them to this revision. */
  waitApplied(revision: string, signal: AbortSignal): Promise<void>
  /** Resolves when nothing in the cluster sends connections to a pod of this node, or half of its grace period is over. */
  drained(pod: Pod, signal: AbortSignal): Promise<void>
  /** Another one whose word is needed before a pod is told to end: the gateway of this node. */
  attach(answerer: Answerer): void
  /** Resolves when nothing is under way any more after the signal has fired. Links and rules stay. */
  readonly ended: Promise<void>
}

/** Waits for the Node to have a range, and resolves when pods can be started and Services are answered. */
export async function runDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { nodeName, names, caches, client, clock, log, recorder, by, signal } = options
  const slices = caches.of(EndpointSlices)
  const nodes = caches.of(Nodes)
  await mkdir(options.dataDir, { recursive: true })

  const pods = await startPodNetwork({
    ...options,
    bridge: names.bridge,
    overlay: names.overlay,
    services: [options.dnsAddress],
    leaseDir: join(options.dataDir, 'leases'),
  })
  const nft = openNftSession({ scratchDir: options.dataDir })
  const zone = nodes.get({ name: nodeName })?.metadata.labels?.['topology.kubernetes.io/zone']
  const facts = {
    table: names.table,
    bridge: names.bridge,
    overlay: names.overlay,
    podRange: parseCidr(options.podRange),
    nodeRange: pods.nodeRange,
    serviceRange: parseCidr(options.serviceRange),
  }
  const links = [names.bridge, names.overlay]
  const forwarding = keepForwarding({ links, name: names.table, clock, log, signal })
  const proxy = await startServiceProxy({
    facts,
    place: { nodeName, zone },
    caches,
    nft,
    clock,
    log,
    decide: (decision) => recorder.record({ at: clock.now(), by, ...decision }),
    signal,
  })
  const { ended: forwardingEnded } = await forwarding

  let applied = slices.revision()
  const settled = async (waiting?: AbortSignal): Promise<void> => {
    const revision = slices.revision()
    await proxy.settled(waiting)
    applied = Math.max(applied, revision)
  }
  const kernel: Answerer = { settled, drained: (address, waiting) => letFinish(address, clock, waiting) }
  const answerers = new Set([kernel])
  const acknowledgements = openAcknowledgements({ nodeName, client, nodes, clock, log, signal })
  const drain = openDrain({ nodeName, slices, answerers, acknowledgements, clock, log, signal })

  const end = async (): Promise<void> => {
    await Promise.all([pods.ended(), proxy.ended(), acknowledgements.ended(), forwardingEnded])
    await nft[Symbol.asyncDispose]()
  }
  return {
    podRange: formatCidr(pods.nodeRange),
    podGateway: addressAt(pods.nodeRange, 1),
    appliedRevision: () => `${applied}`,
    async waitApplied(revision, waiting) {
      await slices.seen(revision, waiting)
      await settled(waiting)
    },
    drained: (pod, waiting) => drain.drained(pod, waiting),
    attach: (answerer) => void answerers.add(answerer),
    ended: new Promise((resolve, reject) => {
      const onAbort = (): void => void end().then(resolve, reject)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
    }),
  }
}
