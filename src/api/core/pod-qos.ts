import { quantityMilliValue } from '../meta/quantity.ts'
import type { PodSpec, ResourceRequirements } from './v1.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const COMPUTED = ['cpu', 'memory'] as const

/** How a Pod is treated when its node runs short: it follows from what its containers ask for and may use. */
export function qosClassOf(spec: PodSpec): QosClass {
  const own = spec.resources
  const all: readonly ResourceRequirements[] =
    own !== undefined && asks(own)
      ? [own]
      : [...(spec.initContainers ?? []), ...spec.containers].map(({ resources }) => resources)
  if (!all.some(asks)) return 'BestEffort'
  return all.every(isFixed) ? 'Guaranteed' : 'Burstable'
}

function asks({ requests, limits }: ResourceRequirements): boolean {
  return COMPUTED.some((name) => amountOf(requests?.[name]) > 0 || amountOf(limits?.[name]) > 0)
}

/** It may use exactly what it asks for. */
function isFixed({ requests, limits }: ResourceRequirements): boolean {
  return COMPUTED.every((name) => {
    const limit = amountOf(limits?.[name])
    return limit > 0 && (requests?.[name] === undefined || amountOf(requests[name]) === limit)
  })
}

function amountOf(quantity: string | undefined): number {
  return quantity === undefined ? 0 : quantityMilliValue(quantity)
}
