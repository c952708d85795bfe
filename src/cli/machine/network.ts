import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { WherryError } from '../../lib/errors.ts'
import type { ClusterFile, NodeRecord } from './cluster-file.ts'
import { execute, mustExecute } from './execute.ts'

/** The address by which other machines reach this one: the source of its default route, else its first global address. */
export async function primaryAddress(): Promise<string> {
  const route = await execute('ip', ['-json', 'route', 'get', '192.0.2.254'])
  if (route.code === 0) {
    const [first] = JSON.parse(route.stdout) as { prefsrc?: string; dev?: string }[]
    if (first?.prefsrc !== undefined && first.dev !== 'lo') return first.prefsrc
  }
  const addresses = JSON.parse(await mustExecute('ip', ['-json', '-4', 'addr', 'show', 'scope', 'global'])) as {
    addr_info?: { local?: string }[]
  }[]
  const local = addresses.flatMap((link) => link.addr_info ?? []).find((info) => info.local !== undefined)?.local
  if (local === undefined) {
    throw new WherryError('unavailable', 'This machine has no network address but loopback.', {
      hint: 'Give an interface an address first, or use `--nodes 1`, which makes a network of its own.',
    })
  }
  return local
}

/** The link, range and table names of the network that joins the nodes of this machine. */
export function underlayOf(slot: number): {
  bridge: string
  host: string
  range: string
  address(index: number): string
  link(index: number): string
} {
  const prefix = `172.31.${slot}`
  return {
    bridge: `wherry-u${slot}`,
    host: `${prefix}.1`,
    range: `${prefix}.0/24`,
    address: (index) => `${prefix}.${11 + index}`,
    link: (index) => `wherry-u${slot}n${index}`,
  }
}

function tableName(cluster: Pick<ClusterFile, 'slot'>): string {
  return `wherry_underlay_${cluster.slot}`
}

/** Makes the bridge on the host and one network namespace for each node; what is there already stays. */
export async function makeUnderlay(cluster: ClusterFile): Promise<void> {
  const net = underlayOf(cluster.slot)
  const links = JSON.parse(await mustExecute('ip', ['-json', 'link', 'show'])) as { ifname: string }[]
  const has = (name: string): boolean => links.some((link) => link.ifname === name)
  if (!has(net.bridge)) {
    await mustExecute('ip', ['-batch', '-'], {
      input: `link add ${net.bridge} type bridge\naddr add ${net.host}/24 dev ${net.bridge}\nlink set ${net.bridge} up\n`,
    })
  }
  await mustExecute('sysctl', ['-qw', 'net.ipv4.ip_forward=1'])
  // `nft -f -` cannot read the socket that is a child's stdin here, so the rules go as arguments.
  await mustExecute('nft', [
    `add table ip ${tableName(cluster)}; ` +
      `add chain ip ${tableName(cluster)} outward { type nat hook postrouting priority srcnat; }; ` +
      `flush chain ip ${tableName(cluster)} outward; ` +
      `add rule ip ${tableName(cluster)} outward ip saddr ${net.range} oifname != "${net.bridge}" ip daddr != ${cluster.podRange} masquerade`,
  ])
  for (const [index, node] of cluster.nodes.entries()) {
    if (node.namespace !== undefined) await makeNodeNamespace(net, node, node.namespace, index, has)
  }
}

async function makeNodeNamespace(
  net: ReturnType<typeof underlayOf>,
  node: NodeRecord,
  namespace: string,
  index: number,
  has: (link: string) => boolean,
): Promise<void> {
  const known = JSON.parse((await mustExecute('ip', ['-json', 'netns', 'list'])) || '[]') as { name: string }[]
  if (!known.some(({ name }) => name === namespace)) await mustExecute('ip', ['netns', 'add', namespace])
  if (has(net.link(index))) return
  await mustExecute('ip', ['-batch', '-'], {
    input:
      `link add ${net.link(index)} type veth peer name eth0 netns ${namespace}\n` +
      `link set ${net.link(index)} master ${net.bridge} up\n`,
  })
  await mustExecute('ip', ['-n', namespace, '-batch', '-'], {
    input: `link set lo up\naddr add ${node.address}/24 dev eth0\nlink set eth0 up\nroute add default via ${net.host}\n`,
  })
}

/**
 * Lets the host reach its namespaced nodes as it would reach itself: pods by a route to each node's range that is known,
 * Services and the DNS over the node that has the gateway, whose rules answer for whoever asks from outside. The routes go
 * with the bridge.
 */
export async function routeInto({ nodes, serviceRange, gateway }: ClusterFile): Promise<void> {
  const replace = (range: string, via: string): Promise<string> =>
    mustExecute('ip', ['route', 'replace', range, 'via', via])
  for (const { address, podRange } of nodes) if (podRange !== undefined) await replace(podRange, address)
  await replace(serviceRange, gateway.address)
}

/** Takes away the folder of network namespaces, which is a mount for `ip netns`, once nobody has one. */
export async function removeNamespaceFolder(folder = '/run/netns'): Promise<void> {
  if (!existsSync(folder) || readdirSync(folder).length > 0) return
  if (readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder} `)) await execute('umount', [folder])
  await rmdir(folder).catch(() => {}) // Somebody has one again.
}

/** Takes away what `makeUnderlay` made. Deleting a namespace ends every link in it. */
export async function removeUnderlay(cluster: ClusterFile): Promise<void> {
  const net = underlayOf(cluster.slot)
  for (const [index, node] of cluster.nodes.entries()) {
    if (node.namespace === undefined) continue
    await execute('ip', ['link', 'del', net.link(index)])
    await execute('ip', ['netns', 'del', node.namespace])
  }
  await execute('ip', ['link', 'del', net.bridge])
  await execute('nft', ['delete', 'table', 'ip', tableName(cluster)])
}
