import type { Container, Pod } from '../api/core/v1.ts'
import { quantityMilliValue, quantityValue } from '../api/meta/quantity.ts'

/** Amounts by resource: `cpu` in thousandths, all else in whole units (bytes for memory). */
export type Amounts = Readonly<Record<string, number>>

export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** What the scheduler reads of a Pod, worked out once for each version of it. */
export interface PodFacts {
  readonly pod: Pod
  readonly uid: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly priority: number
  readonly requests: Amounts
  /** CPU and memory as scoring counts them: a container that asks for nothing is taken to use a little. */
  readonly likely: { readonly cpu: number; readonly memory: number }
  readonly hostPorts: readonly HostPort[]
  /** The uid of its controller: pods of one owner are spread. */
  readonly owner: string | undefined
}

const LIKELY_CPU_MILLI = 100
const LIKELY_MEMORY = 200 * 1024 * 1024

const facts = new WeakMap<Pod, PodFacts>()

/** The facts of a pod. */
export function factsOf(pod: Pod): PodFacts {
  let known = facts.get(pod)
  if (known === undefined) facts.set(pod, (known = readFacts(pod)))
  return known
}

function readFacts(pod: Pod): PodFacts {
  const { spec, metadata } = pod
  return {
    pod,
    uid: metadata.uid ?? '',
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    priority: spec.priority ?? 0,
    requests: requestsOf(pod),
    likely: {
      cpu: spec.containers.reduce(
        (sum, one) => sum + (milliOf(one.resources?.requests?.['cpu']) || LIKELY_CPU_MILLI),
        0,
      ),
      memory: spec.containers.reduce(
        (sum, one) => sum + (valueOf(one.resources?.requests?.['memory']) || LIKELY_MEMORY),
        0,
      ),
    },
    hostPorts: spec.containers.flatMap((container) =>
      (container.ports ?? [])
        .filter((port) => (port.hostPort ?? 0) > 0)
        .map((port) => ({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort! })),
    ),
    owner: metadata.ownerReferences?.find((one) => one.controller)?.uid,
  }
}

/**
 * What a pod takes of a node: its containers together, or the moment of its start that needs most, whichever is more;
 * pod-level requests where it has them; and its overhead (KEP-753, KEP-2837, KEP-688).
 */
export function requestsOf(pod: Pod): Amounts {
  const running: Record<string, number> = {}
  for (const container of pod.spec.containers) add(running, container)
  const sidecars: Record<string, number> = {}
  const peak: Record<string, number> = {}
  for (const container of pod.spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(running, container)
      add(sidecars, container)
      raise(peak, sidecars)
    } else {
      const moment = { ...sidecars }
      add(moment, container)
      raise(peak, moment)
    }
  }
  raise(running, peak)
  for (const [name, text] of Object.entries(pod.spec.resources?.requests ?? {})) running[name] = amountOf(name, text)
  for (const [name, text] of Object.entries(pod.spec.overhead ?? {}))
    running[name] = (running[name] ?? 0) + amountOf(name, text)
  return running
}

function add(amounts: Record<string, number>, { resources }: Container): void {
  for (const [name, text] of Object.entries(resources?.requests ?? {}))
    amounts[name] = (amounts[name] ?? 0) + amountOf(name, text)
}

function raise(amounts: Record<string, number>, to: Amounts): void {
  for (const [name, amount] of Object.entries(to)) amounts[name] = Math.max(amounts[name] ?? 0, amount)
}

/** The few texts that a cluster's quantities have are read once each. */
const read = new Map<string, number>()
const READ_MAX = 10_000

/** A quantity of a resource in the unit of `Amounts`. */
export function amountOf(name: string, text: string | number): number {
  return name === 'cpu' ? milliOf(text) : valueOf(text)
}

function milliOf(text: string | number | undefined): number {
  return remembered('m', text, quantityMilliValue)
}

function valueOf(text: string | number | undefined): number {
  return remembered('v', text, quantityValue)
}

function remembered(unit: string, text: string | number | undefined, parse: (text: string | number) => number): number {
  if (text === undefined) return 0
  const key = unit + text
  let value = read.get(key)
  if (value === undefined) {
    value = parse(text)
    if (read.size >= READ_MAX) read.clear()
    read.set(key, value)
  }
  return value
}
