import { runCommand } from '../run-command.ts'
import type { Elements } from './elements.ts'

/**
 * UDP knows no connections, so the kernel goes on sending a client to where it sent it before. `arrived` are frontends
 * that lead to something now and did not before; `gone` are targets to which nothing shall be sent any more.
 */
export interface StaleFlows {
  readonly arrived: readonly { readonly address: string | undefined; readonly port: string }[]
  readonly gone: readonly { readonly address: string; readonly port: string }[]
}

const FRONTENDS = new Set(['frontends', 'node_ports', 'external_frontends', 'external_node_ports'])
const HOST_PORTS = new Set(['host_ports', 'any_host_ports'])

/** Pure. Which flows of UDP are stale once the elements of one owner are `now` and not `before`. */
export function staleFlows(before: Elements, now: Elements): StaleFlows {
  const arrived: StaleFlows['arrived'][number][] = []
  const gone: StaleFlows['gone'][number][] = []
  const staying = udpTargets(now)
  for (const target of udpTargets(before)) {
    if (staying.has(target)) continue
    const [address = '', port = ''] = target.split(' . ')
    gone.push({ address, port })
  }
  const wasEmpty = emptyPools(before)
  const isEmpty = emptyPools(now)
  for (const map of [...FRONTENDS, ...HOST_PORTS]) {
    for (const [key, pool] of now.get(map) ?? []) {
      const isNew = before.get(map)?.has(key) !== true
      if (isUdp(key) && !isEmpty.has(pool) && (isNew || wasEmpty.has(pool))) arrived.push(addressAndPort(key))
    }
  }
  return { arrived, gone }
}

/** Makes the kernel forget flows. */
export async function forgetFlows({ arrived, gone }: StaleFlows): Promise<void> {
  const commands = [
    ...arrived.map(({ address, port }) => [
      ...(address === undefined ? [] : ['--orig-dst', address]),
      '--orig-port-dst',
      port,
    ]),
    ...gone.map(({ address, port }) => ['--reply-src', address, '--reply-port-src', port]),
  ]
  // It ends with 1 when there was nothing to forget.
  for (const args of commands) await runCommand('conntrack', ['-D', '-p', 'udp', ...args], { ok: [0, 1] })
}

function isUdp(key: string): boolean {
  return key.split(' . ').includes('udp')
}

function addressAndPort(key: string): { address: string | undefined; port: string } {
  const parts = key.split(' . ')
  return { address: parts.length === 3 ? parts[0] : undefined, port: parts.at(-1)! }
}

function udpTargets(elements: Elements): ReadonlySet<string> {
  const pools = new Set<string>()
  const targets = new Set<string>()
  for (const map of FRONTENDS) {
    for (const [key, value] of elements.get(map) ?? []) if (isUdp(key)) pools.add(value)
  }
  for (const map of HOST_PORTS) {
    for (const [key, value] of elements.get(map) ?? []) if (isUdp(key)) targets.add(value)
  }
  if (pools.size === 0) return targets
  for (const [key, value] of elements.get('udp_targets') ?? []) if (pools.has(key.split(' . ')[0]!)) targets.add(value)
  for (const [key, value] of elements.get('sticky_choices') ?? []) {
    if (pools.has(key.split(' . ')[0]!)) targets.add(elements.get('sticky_targets')!.get(value)!)
  }
  return targets
}

function emptyPools(elements: Elements): ReadonlySet<string> {
  const empty = new Set<string>()
  for (const [id, verdict] of elements.get('pools') ?? []) if (!/^goto (spread|stick)-/.test(verdict)) empty.add(id)
  return empty
}
