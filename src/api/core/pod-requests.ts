import { addQuantities, formatQuantity, parseQuantity } from '../meta/quantity.ts'
import type { Quantity } from '../meta/quantity.ts'
import type { Container, PodSpec } from './v1.ts'

type Amounts = Map<string, Quantity>

/**
 * What the containers of a Pod ask for together, by resource: all that run at the same time added up, at the moment
 * that needs most. Init containers run alone, beside the sidecars that were started before them.
 */
export function containerRequests(spec: PodSpec): Record<string, string> {
  return peakOf(spec, 'requests')
}

/** What the containers of a Pod may use together at most, by resource; those without a limit are not counted. */
export function containerLimits(spec: PodSpec): Record<string, string> {
  return peakOf(spec, 'limits')
}

function peakOf(spec: PodSpec, what: 'requests' | 'limits'): Record<string, string> {
  const running: Amounts = new Map()
  for (const container of spec.containers) add(running, container, what)
  const sidecars: Amounts = new Map()
  const peak: Amounts = new Map()
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(running, container, what)
      add(sidecars, container, what)
      raise(peak, sidecars)
    } else {
      const moment = new Map(sidecars)
      add(moment, container, what)
      raise(peak, moment)
    }
  }
  raise(running, peak)
  return Object.fromEntries([...running].map(([name, amount]) => [name, formatQuantity(amount)]))
}

function add(amounts: Amounts, { resources }: Container, what: 'requests' | 'limits'): void {
  for (const [name, text] of Object.entries(resources[what] ?? {})) {
    const amount = parseQuantity(text)
    const before = amounts.get(name)
    amounts.set(name, before === undefined ? amount : addQuantities(before, amount))
  }
}

function raise(amounts: Amounts, to: Amounts): void {
  for (const [name, amount] of to) {
    const before = amounts.get(name)
    if (before === undefined || before.nano < amount.nano) amounts.set(name, amount)
  }
}
