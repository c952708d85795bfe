import type { HostPort } from '../pod-facts.ts'
import type { Filter } from './filter.ts'

/** A port of the node can be had once for each address and protocol; 0.0.0.0 means every address. */
export const hostPorts: Filter = ({ hostPorts: wanted }) => {
  if (wanted.length === 0) return undefined
  return (node) => {
    for (const taken of node.hostPorts()) {
      const clash = wanted.find((one) => collide(one, taken))
      if (clash !== undefined) {
        return {
          code: 'HostPort',
          preemptible: true,
          summary: "node(s) didn't have free ports for the requested pod ports",
          detail: `host port ${clash.port}/${clash.protocol} is taken`,
          facts: { ...clash },
        }
      }
    }
    return undefined
  }
}

function collide(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')
}
