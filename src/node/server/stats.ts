import { readFileSync } from 'node:fs'
import { cpus, freemem, totalmem } from 'node:os'
import type { Clock } from '../../lib/clock.ts'
import { labels } from '../pods/labels.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { ContainerStats } from '../runtime/cri/messages.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface StatsFacts {
  readonly nodeName: string
  readonly manager: PodManager
  readonly runtime: Runtime
  readonly clock: Clock
}

/** `/stats/summary`: what the node and its containers use. */
export async function summary({ nodeName, manager, runtime, clock }: StatsFacts): Promise<object> {
  const time = new Date(clock.now()).toISOString()
  const { stats } = await runtime.listContainerStats({})
  const pods = manager.workers().map(({ pod }) => {
    const { name, namespace, uid } = pod.metadata
    const containers = ofPod(stats, uid).map((one) => ({
      name: one.attributes?.metadata?.name ?? '',
      startTime: pod.status.startTime,
      cpu: {
        time,
        usageCoreNanoSeconds: one.cpu?.usageCoreNanoSeconds?.value ?? 0,
        usageNanoCores: one.cpu?.usageNanoCores?.value ?? 0,
      },
      memory: {
        time,
        usageBytes: one.memory?.usageBytes?.value ?? 0,
        workingSetBytes: one.memory?.workingSetBytes?.value ?? 0,
      },
      rootfs: {
        time,
        usedBytes: one.writableLayer?.usedBytes?.value ?? 0,
        inodesUsed: one.writableLayer?.inodesUsed?.value ?? 0,
      },
    }))
    const sum = (of: (one: (typeof containers)[number]) => number): number =>
      containers.reduce((total, one) => total + of(one), 0)
    return {
      podRef: { name, namespace, uid },
      startTime: pod.status.startTime,
      containers,
      cpu: {
        time,
        usageCoreNanoSeconds: sum(({ cpu }) => cpu.usageCoreNanoSeconds),
        usageNanoCores: sum(({ cpu }) => cpu.usageNanoCores),
      },
      memory: {
        time,
        usageBytes: sum(({ memory }) => memory.usageBytes),
        workingSetBytes: sum(({ memory }) => memory.workingSetBytes),
      },
    }
  })
  const node = nodeUsage()
  return {
    node: {
      nodeName,
      cpu: { time, usageCoreNanoSeconds: node.cpuSeconds * 1e9 },
      memory: {
        time,
        availableBytes: node.memoryAvailable,
        workingSetBytes: totalmem() - node.memoryAvailable,
        usageBytes: totalmem() - freemem(),
      },
    },
    pods,
  }
}

/** `/metrics/resource`: the same as counters and gauges, as a metrics server asks for them. */
export async function resourceMetrics({ manager, runtime, clock }: StatsFacts): Promise<string> {
  const at = clock.now()
  const { stats } = await runtime.listContainerStats({})
  const lines: string[] = []
  const metric = (name: string, type: 'counter' | 'gauge', samples: readonly string[]): void => {
    if (samples.length > 0) lines.push(`# TYPE ${name} ${type}`, ...samples.map((sample) => `${name}${sample} ${at}`))
  }
  const containers = manager.workers().flatMap(({ pod }) =>
    ofPod(stats, pod.metadata.uid).map((one) => ({
      label: `{container="${one.attributes?.metadata?.name}",namespace="${pod.metadata.namespace}",pod="${pod.metadata.name}"}`,
      cpu: (one.cpu?.usageCoreNanoSeconds?.value ?? 0) / 1e9,
      memory: one.memory?.workingSetBytes?.value ?? 0,
    })),
  )
  metric(
    'container_cpu_usage_seconds_total',
    'counter',
    containers.map(({ label, cpu }) => `${label} ${cpu}`),
  )
  metric(
    'container_memory_working_set_bytes',
    'gauge',
    containers.map(({ label, memory }) => `${label} ${memory}`),
  )
  const node = nodeUsage()
  metric('node_cpu_usage_seconds_total', 'counter', [` ${node.cpuSeconds}`])
  metric('node_memory_working_set_bytes', 'gauge', [` ${totalmem() - node.memoryAvailable}`])
  metric('resource_scrape_error', 'gauge', [' 0'])
  return lines.join('\n') + '\n'
}

/** `/metrics`: what the agent itself does and needs, in the words of the kubelet where it has them. */
export async function agentMetrics({ nodeName, manager, runtime }: StatsFacts): Promise<string> {
  const states = new Map<string, number>()
  for (const { state } of (await runtime.listContainers({})).containers) states.set(state, (states.get(state) ?? 0) + 1)
  const { user, system } = process.cpuUsage()
  const metrics: readonly (readonly [name: string, type: string, help: string, samples: readonly string[]])[] = [
    ['kubelet_node_name', 'gauge', 'The name of the node.', [`{node="${nodeName}"} 1`]],
    [
      'kubelet_running_pods',
      'gauge',
      'Pods that have not ended.',
      [` ${manager.workers().filter(({ isActive }) => isActive).length}`],
    ],
    [
      'kubelet_running_containers',
      'gauge',
      'Containers by state.',
      [...states].map(([state, count]) => `{container_state="${state}"} ${count}`),
    ],
    ['process_resident_memory_bytes', 'gauge', 'Memory of the process.', [` ${process.memoryUsage.rss()}`]],
    ['process_cpu_seconds_total', 'counter', 'Processor time of the process.', [` ${(user + system) / 1e6}`]],
  ]
  const lines = metrics.flatMap(([name, type, help, samples]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((sample) => `${name}${sample}`),
  ])
  return `${lines.join('\n')}\n`
}

function ofPod(stats: readonly ContainerStats[], uid: string): ContainerStats[] {
  return stats.filter(({ attributes }) => attributes?.labels[labels.podUid] === uid)
}

function nodeUsage(): { cpuSeconds: number; memoryAvailable: number } {
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
  const available = /^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return { cpuSeconds: busyMs / 1000, memoryAvailable: Number(available ?? 0) * 1024 }
}
