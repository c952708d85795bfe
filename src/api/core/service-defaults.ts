import type { Service } from './v1.ts'

/** What a Service leaves out. */
export function serviceDefaults({ spec, status }: Service): void {
  for (const port of spec.ports ?? []) {
    if (port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port
  }
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {}
    spec.sessionAffinityConfig.clientIP ??= {}
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10_800
  } else delete spec.sessionAffinityConfig
  const isOutside = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  if (isOutside || (spec.externalIPs?.length ?? 0) > 0) spec.externalTrafficPolicy ??= 'Cluster'
  if (isOutside || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'LoadBalancer') return
  spec.allocateLoadBalancerNodePorts ??= true
  for (const ingress of status.loadBalancer.ingress ?? []) if (ingress.ip !== undefined) ingress.ipMode ??= 'VIP'
}
