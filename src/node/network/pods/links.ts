import { writeFile } from 'node:fs/promises'
import { WherryError } from '../../../lib/errors.ts'
import type { Logger } from '../../../lib/log.ts'
import { addressAt, formatCidr, hardwareAddressFor, parseCidr } from '../addresses.ts'
import type { Cidr } from '../addresses.ts'
import { runCommand } from '../run-command.ts'
import { farEnd, overlayCommands } from './peers.ts'
import type { Peer } from './peers.ts'

/** What `ip -json address` tells of a link. */
export interface Link {
  readonly ifname: string
  readonly mtu: number
  readonly address?: string
  readonly addr_info?: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[]
}

/** All links of this network namespace. */
export async function listLinks(): Promise<readonly Link[]> {
  return JSON.parse(await runCommand('ip', ['-json', 'address', 'show'])) as Link[]
}

/** Pure. The bytes that a tunnel through the link of this address can carry; that of Ethernet when there is none. */
export function tunnelMtu(links: readonly Link[], address: string): number {
  const link = links.find(({ addr_info = [] }) => addr_info.some(({ local }) => local === address))
  const mtu = link === undefined || link.mtu > 9_000 ? 1_500 : link.mtu
  return mtu - VXLAN_OVERHEAD
}

const VXLAN_OVERHEAD = 50

export interface BridgeFacts {
  readonly bridge: string
  readonly nodeRange: Cidr
  readonly mtu: number
  /** Addresses at which this node answers its pods, beside the gateway of their range. */
  readonly services: readonly string[]
}

/** Makes the bridge of this node's pods, or makes one that is there as it should be. */
export async function ensureBridge(
  { bridge, nodeRange, mtu, services }: BridgeFacts,
  links: readonly Link[],
  log: Logger,
) {
  const present = links.find(({ ifname }) => ifname === bridge)
  const gateway = addressAt(nodeRange, 1)
  const wanted = [`${gateway}/${nodeRange.prefix}`, ...services.map((address) => `${address}/32`)]
  const has = addressesOf(present)
  await batch('ip', [
    ...(present === undefined ? [`link add ${bridge} type bridge`] : []),
    // Of its own: else it would be that of whichever port has the lowest, and change under the pods.
    `link set ${bridge} address ${hardwareAddressFor(gateway)} mtu ${mtu} up`,
    ...has.filter((address) => !wanted.includes(address)).map((address) => `addr del ${address} dev ${bridge}`),
    ...wanted.filter((address) => !has.includes(address)).map((address) => `addr add ${address} dev ${bridge}`),
  ])
  await setSysctl('net/ipv4/ip_forward', '1')
  // A node port is open on 127.0.0.1 too: the replies of pods must be taken for it.
  await setSysctl(`net/ipv4/conf/${bridge}/route_localnet`, '1')
  await seeBridgedPackets(log)
}

/**
 * Replies from a pod to its neighbour behind the same bridge must pass our rules, or they keep the address of the pod
 * where the neighbour asked a Service.
 */
async function seeBridgedPackets(log: Logger): Promise<void> {
  const set = (): Promise<void> => setSysctl('net/bridge/bridge-nf-call-iptables', '1')
  try {
    await set().catch(async () => {
      await runCommand('modprobe', ['br_netfilter'])
      await set()
    })
  } catch (error) {
    log.error('bridged packets pass no rules: Services fail between pods of this node', { error })
  }
}

export interface OverlayFacts {
  readonly overlay: string
  readonly nodeRange: Cidr
  readonly mtu: number
  readonly address: string
  /** The number by which tunnels of clusters are told apart on one underlay. */
  readonly network: number
  readonly port: number
}

/** Makes the tunnel's end, anew when one is there that was made for something else. Returns what peers it has. */
export async function ensureOverlay(facts: OverlayFacts): Promise<ReadonlyMap<string, Peer>> {
  const { overlay, nodeRange, mtu, address, network, port } = facts
  const { gateway, hardware } = farEnd(nodeRange)
  const present = await tunnelOf(overlay)
  const fits =
    present?.address === hardware &&
    present.linkinfo.info_data.id === network &&
    present.linkinfo.info_data.local === address &&
    present.linkinfo.info_data.port === port
  await batch('ip', [
    ...(present !== undefined && !fits ? [`link del ${overlay}`] : []),
    ...(fits
      ? []
      : [
          `link add ${overlay} address ${hardware} type vxlan id ${network} local ${address} dstport ${port} nolearning`,
          `addr add ${gateway}/32 dev ${overlay}`,
        ]),
    `link set ${overlay} mtu ${mtu} up`,
  ])
  await setSysctl(`net/ipv4/conf/${overlay}/route_localnet`, '1')
  return fits ? await presentPeers(overlay) : new Map()
}

/** Changes what peers the overlay leads to. */
export async function changePeers(
  overlay: string,
  before: ReadonlyMap<string, Peer>,
  after: ReadonlyMap<string, Peer>,
): Promise<void> {
  const commands = overlayCommands(overlay, before, after)
  if (commands.bridge.length > 0) await batch('bridge', commands.bridge)
  if (commands.ip.length > 0) await batch('ip', commands.ip)
}

interface Tunnel {
  readonly address: string
  readonly linkinfo: { readonly info_data: { readonly id: number; readonly local: string; readonly port: number } }
}

async function tunnelOf(overlay: string): Promise<Tunnel | undefined> {
  const links = JSON.parse(await runCommand('ip', ['-json', '-details', 'link', 'show', 'type', 'vxlan'])) as unknown[]
  return (links as (Tunnel & { ifname?: string })[]).find(({ ifname }) => ifname === overlay)
}

async function presentPeers(overlay: string): Promise<ReadonlyMap<string, Peer>> {
  const [routes, entries] = (await Promise.all([
    runCommand('ip', ['-json', 'route', 'show', 'dev', overlay]).then(JSON.parse),
    runCommand('bridge', ['-json', 'fdb', 'show', 'dev', overlay]).then(JSON.parse),
  ])) as [{ dst: string }[], { mac: string; dst?: string }[]]
  const peers = new Map<string, Peer>()
  for (const { dst } of routes) {
    if (!dst.includes('/')) continue
    const range = parseCidr(dst)
    const address = entries.find(({ mac }) => mac === farEnd(range).hardware)?.dst
    peers.set(formatCidr(range), { range, address: address ?? '' })
  }
  return peers
}

function addressesOf(link: Link | undefined): readonly string[] {
  const addresses = (link?.addr_info ?? []).filter(({ family }) => family === 'inet')
  return addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`)
}

/** Runs lines of `ip` or `bridge` in one process, all of them. */
export async function batch(command: 'ip' | 'bridge', lines: readonly string[]): Promise<void> {
  try {
    await runCommand(command, ['-force', '-batch', '-'], { input: lines.join('\n') + '\n' })
  } catch (cause) {
    const complaint = cause instanceof Error ? cause.message : String(cause)
    throw new WherryError('internal', `the network of pods could not be set up: ${complaint}`, { cause })
  }
}

/** Sets a parameter of the kernel, by its path below `/proc/sys`, in this network namespace. */
export async function setSysctl(path: string, value: string): Promise<void> {
  await writeFile(`/proc/sys/${path}`, value)
}
