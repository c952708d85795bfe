import { formatCidr } from '../addresses.ts'
import type { Cidr } from '../addresses.ts'

export interface ConflistFacts {
  readonly name: string
  readonly bridge: string
  readonly nodeRange: Cidr
  readonly mtu: number
  /** Where the addresses that are in use are written down; it outlives the agent and the runtime. */
  readonly leaseDir: string
}

/**
 * Pure. How a runtime is to connect a pod: by the plug-ins that every distribution has. Masquerading, host ports and
 * Services are our own rules and need no plug-in.
 */
export function conflist({ name, bridge, nodeRange, mtu, leaseDir }: ConflistFacts): string {
  const bridgePlugin = {
    type: 'bridge',
    bridge,
    isGateway: true,
    ipMasq: false,
    // A pod that reaches itself through a Service comes back by the port on which it went out.
    hairpinMode: true,
    mtu,
    ipam: {
      type: 'host-local',
      dataDir: leaseDir,
      ranges: [[{ subnet: formatCidr(nodeRange) }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  }
  return JSON.stringify({ cniVersion: '1.0.0', name, plugins: [bridgePlugin] }, undefined, 2) + '\n'
}
