import { createHash } from 'node:crypto'
import { addressAt, formatCidr, sizeOf } from '../addresses.ts'
import type { Cidr } from '../addresses.ts'

/** Pools are numbered from here: the high byte says that a packet's mark is ours. */
export const POOL_MARK = 0x5700_0000
const POOL_MASK = 0xff00_0000

/** What the rules are written for. They hold no Service: those are elements of the maps. */
export interface RulesetFacts {
  readonly table: string
  readonly bridge: string
  /** The link to other nodes' pods. */
  readonly overlay: string
  /** All pods of the cluster. */
  readonly podRange: Cidr
  /** The pods of this node. */
  readonly nodeRange: Cidr
  readonly serviceRange: Cidr
}

/** The maps and sets whose elements change, each with its type. */
export const MAPS: Readonly<Record<string, string>> = {
  // An address and port, and what leads there: a pool's number.
  frontends: 'type ipv4_addr . inet_proto . inet_service : mark',
  node_ports: 'type inet_proto . inet_service : mark',
  // The same for clients outside of the cluster, where the Service treats them differently.
  external_frontends: 'type ipv4_addr . inet_proto . inet_service : mark',
  external_node_ports: 'type inet_proto . inet_service : mark',
  // A pool's number, and how its connections are spread.
  pools: 'type mark : verdict',
  // A pool's number with an index, and the target there. nft 1.0.6 reads a map of `th dport` back as one that no rule may
  // use, so there is one for each protocol.
  tcp_targets: 'typeof meta mark . numgen random mod 2 : ip daddr . tcp dport',
  udp_targets: 'typeof meta mark . numgen random mod 2 : ip daddr . udp dport',
  sctp_targets: 'typeof meta mark . numgen random mod 2 : ip daddr . sctp dport',
  sticky_choices: 'typeof meta mark . numgen random mod 2 : ct mark',
  sticky_targets: 'type mark : ipv4_addr . inet_service',
  // Straight from an address and port, or a port of any address of the node, to a pod.
  host_ports: 'type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service',
  any_host_ports: 'type inet_proto . inet_service : ipv4_addr . inet_service',
}

/** Sets have no values. */
export const SETS: Readonly<Record<string, string>> = {
  // Frontends that only some sources may use, and which.
  restricted: 'type ipv4_addr . inet_proto . inet_service',
  permitted: 'type ipv4_addr . inet_proto . inet_service . ipv4_addr; flags interval',
}

/** Which target a client of a sticky pool has; the kernel writes it, and forgets by itself. */
export const STICKY_CLIENTS = 'sticky_clients'

/** Pure. The whole table without elements. Any difference in it shows in the name of one chain: see `layoutOf`. */
export function ruleset(facts: RulesetFacts): string {
  return `table ip ${facts.table} {\n  chain ${layoutOf(facts)} {\n  }\n${body(facts)}}\n`
}

/** The name of a chain that is there only to tell by which text the table was made. */
export function layoutOf(facts: RulesetFacts): string {
  return `layout-${createHash('sha256').update(body(facts)).digest('hex').slice(0, 16)}`
}

/**
 * A chain to which a pool's verdict leads, by its name: `spread-PROTOCOL-N` or `stick-N-SECONDS`. There is one for each number
 * of targets, not for each Service, so that a change of a Service is a change of elements alone.
 */
export function poolChain(table: string, name: string): readonly string[] {
  const [kind, first, last] = name.split('-')
  const chain = `ip ${table} ${name}`
  if (kind === 'spread') {
    const choice = `meta mark . numgen random mod ${last} map @${first}_targets`
    return [`add chain ${chain}`, `add rule ${chain} meta l4proto ${first} dnat ip to ${choice}`]
  }
  const [size, seconds] = [first, last]
  const found = `stuck-${seconds}`
  return [
    `add chain ip ${table} ${found}`,
    `flush chain ip ${table} ${found}`,
    // An update of what is there refreshes its timeout and leaves its value.
    `add rule ip ${table} ${found} update @${STICKY_CLIENTS} { meta mark . ip saddr timeout ${seconds}s : ct mark }`,
    `add rule ip ${table} ${found} ${DNAT} ct mark map @sticky_targets`,
    `add chain ${chain}`,
    // A jump: where the remembered target is gone, the next rule chooses another.
    `add rule ${chain} ct mark set meta mark . ip saddr map @${STICKY_CLIENTS} jump ${found}`,
    `add rule ${chain} ct mark set meta mark . numgen random mod ${size} map @sticky_choices goto ${found}`,
  ]
}

const DNAT = 'meta l4proto { tcp, udp, sctp } dnat ip to'

function body({ bridge, overlay, podRange, nodeRange, serviceRange }: RulesetFacts): string {
  const maps = Object.entries(MAPS).map(([name, type]) => `  map ${name} {\n    ${type}\n  }\n`)
  const sets = Object.entries(SETS).map(([name, type]) => `  set ${name} {\n    ${type}\n  }\n`)
  const selves = Array.from({ length: sizeOf(nodeRange) }, (_, index) => addressAt(nodeRange, index))
  const pods = formatCidr(podRange)
  const here = 'ip daddr . meta l4proto . th dport'
  return `${maps.join('')}${sets.join('')}
  map ${STICKY_CLIENTS} {
    typeof meta mark . ip saddr : ct mark
    size 1048576
    flags dynamic,timeout
  }
  # A pod that a Service sends back to itself.
  set hairpins {
    type ipv4_addr . ipv4_addr
    elements = { ${selves.map((self) => `${self} . ${self}`).join(', ')} }
  }

  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject
  }
  chain pool {
    meta mark vmap @pools
  }
  chain restrict {
    ${here} @restricted ${here} . ip saddr != @permitted drop
  }
  chain services {
    meta mark set ${here} map @frontends goto pool
    fib daddr type local meta mark set meta l4proto . th dport map @node_ports goto pool
    ${DNAT} ${here} map @host_ports
    fib daddr type local ${DNAT} meta l4proto . th dport map @any_host_ports
    ip daddr ${formatCidr(serviceRange)} fib daddr type != local goto refuse
  }
  chain external {
    meta mark set ${here} map @external_frontends goto pool
    fib daddr type local meta mark set meta l4proto . th dport map @external_node_ports goto pool
    goto services
  }

  chain loopback {
    type filter hook prerouting priority -300; policy accept;
    # Replies to 127.0.0.1 may be routed in from pods, so nothing may ask for it from there.
    iifname { "${bridge}", "${overlay}" } ip daddr 127.0.0.0/8 drop
  }
  chain forward {
    type filter hook forward priority 0; policy accept;
    # What the kernel can assign to no connection is not translated either: a client that gets it from an address that it
    # never asked resets the connection.
    iifname { "${bridge}", "${overlay}" } ct state invalid drop
  }
  chain prerouting {
    type nat hook prerouting priority -100; policy accept;
    jump restrict
    ip saddr ${pods} goto services
    goto external
  }
  chain output {
    type nat hook output priority -100; policy accept;
    goto services
  }
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ip saddr . ip daddr @hairpins masquerade
    oifname != "lo" ip saddr 127.0.0.0/8 masquerade
    # A connection that this node passes on to another place must come back over this node.
    meta mark & ${POOL_MASK} == ${POOL_MARK} oifname != { "lo", "${bridge}" } ip saddr != ${pods} masquerade
    oifname "${overlay}" ip saddr != ${pods} masquerade
    ip saddr ${formatCidr(nodeRange)} ip daddr != ${pods} oifname != { "lo", "${bridge}" } masquerade fully-random
  }
`
}
