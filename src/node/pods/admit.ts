import type { Node, Pod } from '../../api/core/v1.ts'
import { tolerates } from '../../api/core/taints.ts'
import type { PressureCondition } from '../pressure/shortages.ts'
import { podContainers } from './containers.ts'
import type { ResizeRefusal } from './pod-allocation.ts'
import type { Rejection } from './pod-worker.ts'
import { amount, isCritical, podAmount, qosClass } from './resources.ts'

type Labels = Readonly<Record<string, string>>

export interface AdmitInput {
  readonly pod: Pod
  /** Pods that use this node already. */
  readonly active: readonly Pod[]
  readonly node: Node
  /** What the node is short of. */
  readonly short?: ReadonlySet<PressureCondition>
}

/** Why a pod that was bound to this node may not run on it; undefined when it may. The scheduler may have seen an older node. */
export function refusePod({ pod, active, node, short = new Set() }: AdmitInput): Rejection | undefined {
  if (isUnwelcome(pod, short)) return rejection('Evicted', `The node had condition: [${[...short].join(' ')}]. `)
  if (pod.spec.os?.name !== undefined && pod.spec.os.name !== 'linux') {
    return rejection('PodOSNotSupported', `Failed to admit pod as the OS field doesn't match node OS`)
  }
  const context = pod.spec.securityContext ?? {}
  const sysctl = (context.sysctls ?? []).find(({ name }) => !safeSysctls.has(name.replaceAll('/', '.')))
  if (sysctl !== undefined) return rejection('SysctlForbidden', `forbidden sysctl: "${sysctl.name}" not allowlisted`)
  if (context.supplementalGroupsPolicy === 'Strict') {
    return rejection(
      'SupplementalGroupsPolicyNotSupported',
      'SupplementalGroupsPolicy=Strict is not supported in this node',
    )
  }
  if (!matchesNode(pod, node)) return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  const taken = active.flatMap(hostPorts)
  if (hostPorts(pod).some((port) => taken.some((other) => overlap(port, other)))) {
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  }
  return outOf('pods', 1, active.length, node) ?? outOfAny(pod, active, node)
}

/** Whether a node that is short of something would have to evict the pod at once. */
function isUnwelcome(pod: Pod, short: ReadonlySet<PressureCondition>): boolean {
  if (short.size === 0 || isCritical(pod)) return false
  if (short.size > 1 || !short.has('MemoryPressure')) return true
  // Whoever has asked for memory may have it.
  const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const
  return qosClass(pod) === 'BestEffort' && !(pod.spec.tolerations ?? []).some((one) => tolerates(one, taint))
}

/** Settings of the kernel that are a pod's own, so that one pod cannot harm another by them. */
const safeSysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
])

function outOfAny(pod: Pod, active: readonly Pod[], node: Node): Rejection | undefined {
  const named = podContainers(pod).flatMap(({ spec }) => [
    ...Object.keys(spec.resources.requests ?? {}),
    ...Object.keys(spec.resources.limits ?? {}),
  ])
  for (const name of new Set(['cpu', 'memory', ...named])) {
    const requested = podAmount(pod, 'requests', name)
    if (requested === 0) continue
    const used = active.reduce((sum, other) => sum + podAmount(other, 'requests', name), 0)
    const found = outOf(name, requested, used, node)
    if (found !== undefined) return found
  }
  return undefined
}

function outOf(name: string, requested: number, used: number, node: Node): Rejection | undefined {
  const capacity = amount(name, node.status.allocatable?.[name])
  if (requested <= capacity - used) return undefined
  // A node that says nothing of its pods takes any number of them.
  if (name === 'pods' && node.status.allocatable?.['pods'] === undefined) return undefined
  return rejection(
    `OutOf${name}`,
    `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  )
}

/** Why a running pod cannot be given what it asks for now: others have it, or the node never had it. */
export function refuseMore(pod: Pod, others: readonly Pod[], node: Node): ResizeRefusal | undefined {
  const never = outOfAny(pod, [], node)
  if (never !== undefined) {
    return {
      reason: 'Infeasible',
      message: never.message
        .replace('Pod was rejected: ', '')
        .replace('enough resource', 'enough capacity')
        .replace(' used: 0,', ''),
    }
  }
  const now = outOfAny(pod, others, node)
  return now === undefined ? undefined : { reason: 'Deferred', message: now.message.replace('Pod was rejected: ', '') }
}

function rejection(reason: string, message: string): Rejection {
  return { reason, message: `Pod was rejected: ${message}` }
}

function predicate(name: string, why: string): Rejection {
  return rejection(name, `Predicate ${name} failed: ${why}`)
}

interface HostPort {
  readonly ip: string
  readonly port: number
  readonly protocol: string
}

function hostPorts(pod: Pod): HostPort[] {
  return podContainers(pod)
    .flatMap(({ spec }) => spec.ports ?? [])
    .filter(({ hostPort }) => (hostPort ?? 0) > 0)
    .map(({ hostIP, hostPort, protocol = 'TCP' }) => ({ ip: hostIP || '0.0.0.0', port: hostPort!, protocol }))
}

function overlap(a: HostPort, b: HostPort): boolean {
  const sameIp = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0'
  return sameIp && a.port === b.port && a.protocol === b.protocol
}

function matchesNode({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (labels[key] !== value) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return true
  const fields = { 'metadata.name': node.metadata.name }
  return (required.nodeSelectorTerms ?? []).some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((requirement) => meets(requirement, labels)) &&
      matchFields.every((requirement) => meets(requirement, fields)),
  )
}

function meets(
  { key, operator, values = [] }: { key: string; operator: string; values?: readonly string[] },
  labels: Labels,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}
