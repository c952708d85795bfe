import { Nodes } from '../api/core/node.ts'
import type { Node } from '../api/core/v1.ts'
import type { Controller } from './runtime/controller.ts'

export interface NodeIpamOptions {
  /** As in `10.244.0.0/16`. */
  readonly clusterCidr: string
  /** How long the prefix of a node's part is: 24 gives it 256 addresses. */
  readonly nodeMask: number
}

/** Gives each node a part of the Pods' addresses that no other node has. */
export function nodeIpamController(options: NodeIpamOptions): Controller<Node> {
  /** What was given away before the cache shows it. */
  const given = new Map<string, string>()
  return {
    name: 'node-ipam',
    component: 'cidrAllocator',
    owner: Nodes,
    reads: [],
    writes: [Nodes],
    // One at a time: two nodes must not find the same part free.
    concurrency: 1,
    async reconcile(node, cluster) {
      const { name, uid } = node.metadata
      if (node.spec.podCIDR || node.metadata.deletionTimestamp !== undefined) return
      const nodes = cluster.cache(Nodes).list()
      const present = new Set(nodes.map((other) => other.metadata.uid))
      for (const other of given.keys()) if (!present.has(other)) given.delete(other)
      const used = nodes.flatMap((other) => (other.spec.podCIDR ? [other.spec.podCIDR] : []))
      const cidr = given.get(uid) ?? firstFree(options, [...used, ...given.values()])
      if (cidr === undefined) {
        cluster.decide(node, 'refused', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`, {
          event: 'Normal',
          because: [{ message: `${options.clusterCidr} is used up by ${used.length} nodes` }],
          help: 'remove nodes that are gone, or give the cluster a larger range',
        })
        cluster.requeue(30_000)
        return
      }
      given.set(uid, cidr)
      await cluster.patch(
        Nodes,
        node.metadata,
        { metadata: { uid }, spec: { podCIDR: cidr, podCIDRs: [cidr] } },
        { type: 'merge' },
      )
      cluster.decide(node, 'done', 'CIDRAssigned', `its Pods have addresses of ${cidr}`)
    },
  }
}

/** Pure. The first part of the range that none of `used` touches; undefined when there is none. */
export function firstFree({ clusterCidr, nodeMask }: NodeIpamOptions, used: readonly string[]): string | undefined {
  const range = parseCidr(clusterCidr)
  if (range === undefined || nodeMask < range.mask || nodeMask > 32) return undefined
  const size = 2 ** (32 - nodeMask)
  const taken = new Set<number>()
  for (const text of used) {
    const other = parseCidr(text)
    if (other === undefined) continue
    const first = Math.floor((other.base - range.base) / size)
    const last = Math.floor((other.base + 2 ** (32 - other.mask) - 1 - range.base) / size)
    const count = 2 ** (nodeMask - range.mask)
    for (let at = Math.max(0, first); at <= Math.min(last, count - 1); at++) taken.add(at)
  }
  for (let at = 0; at < 2 ** (nodeMask - range.mask); at++) {
    if (!taken.has(at)) return `${formatAddress(range.base + at * size)}/${nodeMask}`
  }
  return undefined
}

function parseCidr(text: string): { readonly base: number; readonly mask: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text)
  if (match === null) return undefined
  const [a = 0, b = 0, c = 0, d = 0, mask = 0] = match.slice(1).map(Number)
  const size = 2 ** (32 - mask)
  return { base: Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size, mask }
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}
