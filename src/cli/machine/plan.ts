import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import type { ClusterFile, NodeRecord } from './cluster-file.ts'
import { layoutOf, readClusterFile } from './cluster-file.ts'
import { underlayOf } from './network.ts'

/** Which clusters this machine has, by slot: a file each, naming the data directory. Gone after a reboot, made again by `up`. */
const REGISTER = '/run/wherry/clusters'

export interface Wish {
  readonly name: string
  /** How many nodes with namespaces of their own; undefined for one node that is the machine itself. */
  readonly nodes: number | undefined
  readonly apiPort: number | undefined
  readonly httpPort: number | undefined
  readonly httpsPort: number | undefined
}

/** Throws unless `name` can stand in unit names, links and namespaces. */
export function validateClusterName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) return
  throw new WherryError('bad-request', `\`${name}\` cannot be a cluster's name.`, {
    hint: 'Use at most 32 of a-z, 0-9 and -, beginning and ending with a letter or digit.',
  })
}

/** A node's name must be a DNS-1123 subdomain; a machine's own name is bent to one. */
export function nodeNameOf(machineName: string): string {
  const bent = machineName
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 63)
  return bent === '' ? 'node' : bent
}

/** Decides ports, ranges and nodes of a new cluster. Pure: the slot and the machine's address are given. */
export function planCluster(
  wish: Wish,
  machine: {
    readonly slot: number
    readonly address: string
    readonly hostname: string
    readonly systemd: boolean
    readonly now: string
  },
): ClusterFile {
  const { slot } = machine
  const underlay = underlayOf(slot)
  const namespaced = wish.nodes !== undefined
  const agentPort = namespaced ? 10_250 : 10_250 + slot * 10
  const nodes: NodeRecord[] = namespaced
    ? Array.from({ length: wish.nodes }, (_, i) => ({
        name: `node-${i + 1}`,
        address: underlay.address(i),
        namespace: `wherry-${wish.name}-${i + 1}`,
        agentPort,
      }))
    : [{ name: nodeNameOf(machine.hostname), address: machine.address, agentPort }]
  // A second cluster on the machine itself cannot have ports 80 and 443 as well; nodes with networks of their own can.
  const shift = namespaced ? 0 : slot * 1000
  return {
    format: 1,
    name: wish.name,
    slot,
    apiHost: namespaced ? underlay.host : machine.address,
    apiPort: wish.apiPort ?? 6443 + slot * 10,
    serviceRange: `10.${96 + slot}.0.0/16`,
    podRange: `10.${244 - slot}.0.0/16`,
    dnsAddress: `10.${96 + slot}.0.10`,
    clusterDomain: 'cluster.local',
    gateway: { address: nodes[0]!.address, http: wish.httpPort ?? 80 + shift, https: wish.httpsPort ?? 443 + shift },
    nodes,
    supervisor: machine.systemd ? 'systemd' : 'shell',
    createdAt: machine.now,
  }
}

/**
 * Takes the lowest slot that no other cluster of this machine holds, and keeps it for `dataDir`. Names of units, links and
 * namespaces are made of a cluster's name, so `conflict` is thrown when another one has the same.
 */
export function claimSlot(
  { dataDir, name, wanted }: { readonly dataDir: string; readonly name: string; readonly wanted: number | undefined },
  register: string = REGISTER,
): number {
  mkdirSync(register, { recursive: true, mode: 0o755 })
  const taken = new Map<number, string>()
  for (const file of readdirSync(register)) {
    const owner = readFileSync(join(register, file), 'utf8').trim()
    if (owner === dataDir || existsSync(join(owner, 'cluster.json'))) taken.set(Number(file), owner)
    else rmSync(join(register, file), { force: true })
  }
  for (const owner of taken.values()) {
    if (owner === dataDir || nameOf(owner) !== name) continue
    throw new WherryError('conflict', `This machine has a cluster named \`${name}\` already, in ${owner}.`, {
      hint: `Use that one with --data-dir ${owner}, or give this one another name with --name.`,
    })
  }
  for (const [slot, owner] of taken) if (owner === dataDir && (wanted === undefined || wanted === slot)) return slot
  for (let slot = wanted ?? 0; slot < 32; slot++) {
    if (taken.has(slot)) {
      if (slot === wanted)
        throw new WherryError('conflict', `The cluster in ${taken.get(slot)} uses the same ports and ranges.`, {
          hint: `End it first: wherry down --data-dir ${taken.get(slot)}`,
        })
      continue
    }
    writeFileSync(join(register, String(slot)), dataDir + '\n', { flag: 'wx' })
    return slot
  }
  throw new WherryError('unavailable', 'This machine has 32 clusters already.', {
    hint: 'End one with `wherry down --purge`.',
  })
}

/** The name of the cluster in a data directory; one that cannot be read is no reason to do without another one. */
function nameOf(dataDir: string): string | undefined {
  try {
    return readClusterFile(layoutOf(dataDir))?.name
  } catch {
    return undefined
  }
}

/** Gives a slot back; the register goes with its last entry. */
export function releaseSlot(slot: number): void {
  rmSync(join(REGISTER, String(slot)), { force: true })
  try {
    rmdirSync(REGISTER)
    rmdirSync(dirname(REGISTER))
  } catch {
    // Another cluster is in it, or it is gone already.
  }
}

/** This machine's own name. */
export function machineName(): string {
  return hostname()
}
