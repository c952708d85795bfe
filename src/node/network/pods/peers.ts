import type { Node } from '../../../api/core/v1.ts'
import { addressAt, formatCidr, hardwareAddressFor, parseAddress, parseCidr } from '../addresses.ts'
import type { Cidr } from '../addresses.ts'

/** Another node, as far as its pods are concerned. */
export interface Peer {
  readonly range: Cidr
  /** Where its packets are sent to. */
  readonly address: string
}

/** Pure. The address by which other nodes reach a node. */
export function addressOf(node: Node): string | undefined {
  const addresses = node.status.addresses ?? []
  return addresses.find(({ type, address }) => type === 'InternalIP' && parseAddress(address) !== undefined)?.address
}

/** Pure. The range of a node's pods. */
export function rangeOf({ spec }: Node): Cidr | undefined {
  const ranges = [...(spec.podCIDRs ?? []), ...(spec.podCIDR === undefined ? [] : [spec.podCIDR])]
  const text = ranges.find((range) => /^[0-9.]+\/[0-9]+$/.test(range))
  return text === undefined ? undefined : parseCidr(text)
}

/** Pure. All nodes but one, by the range of their pods. */
export function peersOf(nodes: readonly Node[], self: string): ReadonlyMap<string, Peer> {
  const peers = new Map<string, Peer>()
  for (const node of nodes) {
    const address = addressOf(node)
    const range = rangeOf(node)
    if (node.metadata.name === self || address === undefined || range === undefined) continue
    peers.set(formatCidr(range), { range, address })
  }
  return peers
}

/** Lines for `ip -batch` and `bridge -batch`. */
export interface OverlayCommands {
  readonly ip: readonly string[]
  readonly bridge: readonly string[]
}

/**
 * Pure. What leads packets to other nodes' pods. The far end of the overlay has an address and a hardware address that
 * follow from the range of its pods, so nodes need not tell each other anything but what their Node objects say.
 */
export function overlayCommands(
  device: string,
  before: ReadonlyMap<string, Peer>,
  after: ReadonlyMap<string, Peer>,
): OverlayCommands {
  const ip: string[] = []
  const bridge: string[] = []
  for (const [range, { range: cidr, address }] of before) {
    if (after.has(range)) continue
    const { gateway, hardware } = farEnd(cidr)
    ip.push(`route del ${range} dev ${device}`, `neigh del ${gateway} dev ${device}`)
    bridge.push(`fdb del ${hardware} dev ${device} dst ${address} self`)
  }
  for (const [range, { range: cidr, address }] of after) {
    if (before.get(range)?.address === address) continue
    const { gateway, hardware } = farEnd(cidr)
    bridge.push(`fdb replace ${hardware} dev ${device} dst ${address} self permanent`)
    ip.push(
      `neigh replace ${gateway} lladdr ${hardware} dev ${device} nud permanent`,
      `route replace ${range} via ${gateway} dev ${device} onlink`,
    )
  }
  return { ip, bridge }
}

/** The end of the overlay at a node, by the range of its pods. */
export function farEnd(range: Cidr): { readonly gateway: string; readonly hardware: string } {
  const gateway = addressAt(range, 0)
  return { gateway, hardware: hardwareAddressFor(gateway) }
}
