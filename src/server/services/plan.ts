import type { Service, ServicePort } from '../../api/core/v1.ts'
import { sameJson } from '../../lib/patch/json.ts'

/** What a Service needs from the ranges, and what it no longer needs. Pure: nothing is taken yet. */
export interface ServicePlan {
  /** An address of its own: a certain one, any, or none. Undefined keeps what it has. */
  readonly address: { readonly wanted: string | undefined } | undefined
  readonly releaseAddress: string | undefined
  /** Ports by their place in `spec.ports`: a certain node port, or any. Places with the same number share one. */
  readonly ports: readonly { readonly at: readonly number[]; readonly wanted: number | undefined }[]
  /** The port at which nodes say whether they have Pods of the Service. */
  readonly healthCheck: { readonly wanted: number | undefined } | undefined
  readonly releasePorts: readonly number[]
}

/** Brings `clusterIP` and `clusterIPs` in line, which say the same, and takes over what an update leaves out, in place. */
export function normalizeService(next: Service, old: Service | undefined): void {
  const { spec } = next
  if (old !== undefined) {
    if (hasAddress(next) && hasAddress(old)) {
      if (!spec.clusterIP && !spec.clusterIPs?.length) {
        if (old.spec.clusterIP !== undefined) spec.clusterIP = old.spec.clusterIP
        if (old.spec.clusterIPs !== undefined) spec.clusterIPs = [...old.spec.clusterIPs]
      } else if (spec.clusterIP !== old.spec.clusterIP && sameJson(spec.clusterIPs, old.spec.clusterIPs)) {
        if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP, ...(spec.clusterIPs ?? []).slice(1)]
        else delete spec.clusterIPs
      }
    }
    if (hasNodePorts(next) && hasNodePorts(old)) keepNodePorts(next, old)
    if (needsHealthCheck(next) && needsHealthCheck(old) && !spec.healthCheckNodePort && old.spec.healthCheckNodePort) {
      spec.healthCheckNodePort = old.spec.healthCheckNodePort
    }
  }
  if (!hasAddress(next)) return
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
  else if (!spec.clusterIP && spec.clusterIPs?.[0]) spec.clusterIP = spec.clusterIPs[0]
}

/** Ports that an update names without their node port keep the one that they had. */
function keepNodePorts(next: Service, old: Service): void {
  const taken = new Set((next.spec.ports ?? []).map(({ nodePort }) => nodePort))
  for (const port of next.spec.ports ?? []) {
    if (port.nodePort) continue
    const before = (old.spec.ports ?? []).find((one) => one.port === port.port && one.protocol === port.protocol)
    if (before?.nodePort && !taken.has(before.nodePort)) port.nodePort = before.nodePort
  }
}

/** Compares what a Service has with what it is to have. */
export function planService(next: Service, old: Service | undefined): ServicePlan {
  const held = old !== undefined && hasAddress(old) && old.spec.clusterIP !== 'None' ? old.spec.clusterIP : undefined
  const wantsAddress = hasAddress(next) && next.spec.clusterIP !== 'None'
  const wanted = wantsAddress ? next.spec.clusterIP || undefined : undefined
  const keepsAddress = wantsAddress && held !== undefined && wanted === held
  const ports = hasNodePorts(next) ? groupPorts(next.spec.ports ?? []) : []
  const before = old === undefined ? new Set<number>() : nodePortsOf(old)
  const after = new Set(ports.map((port) => port.wanted))
  const health = needsHealthCheck(next) ? { wanted: next.spec.healthCheckNodePort || undefined } : undefined
  after.add(health?.wanted)
  return {
    address: !wantsAddress || keepsAddress ? undefined : { wanted },
    releaseAddress: keepsAddress ? undefined : held,
    ports: ports.filter((port) => port.wanted === undefined || !before.has(port.wanted)),
    healthCheck: health?.wanted !== undefined && before.has(health.wanted) ? undefined : health,
    releasePorts: [...before].filter((port) => !after.has(port)),
  }
}

/** One port for each number and protocol, but TCP and UDP of one number share theirs, as DNS wants it. */
function groupPorts(ports: readonly ServicePort[]): ServicePlan['ports'] {
  const groups: { at: number[]; wanted: number | undefined; port: number; protocols: Set<string> }[] = []
  for (const [at, { port, protocol = 'TCP', nodePort }] of ports.entries()) {
    const wanted = nodePort || undefined
    const group = groups.find((one) => one.port === port && one.wanted === wanted && !one.protocols.has(protocol))
    if (group === undefined) groups.push({ at: [at], wanted, port, protocols: new Set([protocol]) })
    else {
      group.at.push(at)
      group.protocols.add(protocol)
    }
  }
  return groups.map(({ at, wanted }) => ({ at, wanted }))
}

/** All ports of the nodes that a Service holds. */
export function nodePortsOf(service: Service): Set<number> {
  const held = new Set<number>()
  if (hasNodePorts(service)) for (const { nodePort } of service.spec.ports ?? []) if (nodePort) held.add(nodePort)
  if (needsHealthCheck(service) && service.spec.healthCheckNodePort) held.add(service.spec.healthCheckNodePort)
  return held
}

export function hasAddress({ spec }: Service): boolean {
  return spec.type !== 'ExternalName'
}

function hasNodePorts({ spec }: Service): boolean {
  if (spec.type === 'NodePort') return true
  if (spec.type !== 'LoadBalancer') return false
  return spec.allocateLoadBalancerNodePorts !== false || (spec.ports ?? []).some(({ nodePort }) => nodePort)
}

function needsHealthCheck({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
}

/** Takes away what only another type of Service has, in place. */
export function dropForeignFields(next: Service, old: Service | undefined): void {
  const { spec } = next
  if (!hasAddress(next) && old !== undefined && hasAddress(old)) {
    // An update from a kind with an address to one without, which repeats what it had.
    if (spec.clusterIP === old.spec.clusterIP) delete spec.clusterIP
    if (sameJson(spec.clusterIPs, old.spec.clusterIPs)) delete spec.clusterIPs
    if (sameJson(spec.ipFamilies, old.spec.ipFamilies)) delete spec.ipFamilies
    if (spec.ipFamilyPolicy === old.spec.ipFamilyPolicy) delete spec.ipFamilyPolicy
  }
  if (old !== undefined && !hasNodePorts(next) && hasNodePorts(old)) {
    for (const port of spec.ports ?? []) delete port.nodePort
  }
  if (old === undefined) return
  if (!needsHealthCheck(next) && needsHealthCheck(old)) delete spec.healthCheckNodePort
  if (
    !isReachedFromOutside(next) &&
    isReachedFromOutside(old) &&
    spec.externalTrafficPolicy === old.spec.externalTrafficPolicy
  ) {
    delete spec.externalTrafficPolicy
  }
  if (spec.type === 'LoadBalancer' || old.spec.type !== 'LoadBalancer') return
  if (spec.allocateLoadBalancerNodePorts === old.spec.allocateLoadBalancerNodePorts)
    delete spec.allocateLoadBalancerNodePorts
  if (spec.loadBalancerClass === old.spec.loadBalancerClass) delete spec.loadBalancerClass
}

function isReachedFromOutside({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0
}
