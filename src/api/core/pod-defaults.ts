import { compareQuantities } from '../meta/quantity.ts'
import { containerRequests } from './pod-requests.ts'
import type { Container, EphemeralContainer, Pod, PodSpec } from './v1.ts'

/** What a Pod leaves out: what templates leave out, and what only a Pod of its own gets. */
export function podDefaults(pod: Pod): void {
  const { spec } = pod
  podSpecDefaults(spec)
  spec.enableServiceLinks ??= true
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    requestsFromLimits(container)
    if (spec.hostNetwork === true) for (const port of container.ports ?? []) port.hostPort ??= port.containerPort
  }
  podRequestsFromLimits(spec)
}

/** What the specification of Pods leaves out, be it that of a Pod or of a template. */
export function podSpecDefaults(spec: PodSpec): void {
  // Two names for one thing: whichever is set counts, and both are shown.
  spec.serviceAccountName ??= spec.serviceAccount
  if (spec.serviceAccountName === undefined) delete spec.serviceAccountName
  else spec.serviceAccount = spec.serviceAccountName
  for (const container of [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    container.imagePullPolicy ??= pullPolicyFor(container)
  }
  for (const volume of spec.volumes ?? []) {
    if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {}
  }
}

/** Images that may change under their name are pulled every time. */
function pullPolicyFor({ image = '' }: Container | EphemeralContainer): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent'
}

/** The tag of an image's name, `latest` when it has none, or undefined when a digest says which image it is. */
function imageTag(image: string): string | undefined {
  if (image.includes('@')) return undefined
  const last = image.slice(image.lastIndexOf('/') + 1)
  const colon = last.lastIndexOf(':')
  return colon === -1 ? 'latest' : last.slice(colon + 1)
}

function requestsFromLimits({ resources }: Container): void {
  if (resources.limits === undefined) return
  resources.requests = { ...resources.limits, ...resources.requests }
}

/** Resources that a Pod as a whole can ask for. */
const podLevel = /^(cpu|memory|hugepages-.+)$/

function podRequestsFromLimits(spec: PodSpec): void {
  const { resources } = spec
  if (resources?.limits === undefined) return
  const requests: Record<string, string> = {}
  for (const [name, amount] of Object.entries(containerRequests(spec))) if (podLevel.test(name)) requests[name] = amount
  for (const [name, amount] of Object.entries(resources.limits)) {
    if (podLevel.test(name) && compareQuantities(requests[name] ?? '0', '0') === 0) requests[name] = amount
  }
  resources.requests = { ...requests, ...resources.requests }
}
