import { quantityOf, quantityOfMilli } from '../../api/meta/quantity.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Filter } from './filter.ts'

const PODS_MAX_DEFAULT = 110

/** What the pod asks for must be free, and one more pod must be allowed. */
export const resources: Filter = ({ requests }) => {
  const wanted = Object.entries(requests).filter(([, amount]) => amount > 0)
  return (node) => {
    const podsMax = node.allocatable['pods'] ?? PODS_MAX_DEFAULT
    if (node.pods.size + 1 > podsMax) {
      return {
        code: 'InsufficientResource',
        preemptible: true,
        summary: 'Too many pods',
        detail: `pods: it has ${node.pods.size} of at most ${podsMax}`,
        facts: { resource: 'pods', asked: 1, free: podsMax - node.pods.size },
      }
    }
    for (const [name, asked] of wanted) {
      const total = node.allocatable[name] ?? 0
      const free = total - (node.requested[name] ?? 0)
      if (asked <= free) continue
      return {
        code: 'InsufficientResource',
        preemptible: asked <= total,
        summary: `Insufficient ${name}`,
        detail: `${name}: asks for ${amountText(name, asked)}, ${amountText(name, free)} of ${amountText(name, total)} is free`,
        facts: { resource: name, asked, free, total },
      }
    }
    return undefined
  }
}

/** How much of a resource is free on a node. */
export function freeOf(node: NodeInfo, resource: string): number {
  return (node.allocatable[resource] ?? 0) - (node.requested[resource] ?? 0)
}

/** An amount as a manifest would say it: `250m`, `1.2Gi`. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return quantityOfMilli(amount)
  if (resource !== 'memory' && !resource.startsWith('hugepages-') && resource !== 'ephemeral-storage')
    return quantityOf(amount)
  for (const [unit, size] of [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const) {
    if (Math.abs(amount) >= size) return `${Math.floor((amount / size) * 10) / 10}${unit}`
  }
  return String(amount)
}
