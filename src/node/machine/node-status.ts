import { existsSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import type { Node, NodeStatus } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { resourcesOf } from './machine.ts'
import type { Machine } from './machine.ts'
import type { PressureCondition } from '../pressure/shortages.ts'
import { nodeConditions } from './node-conditions.ts'

export interface NodeStatusOptions {
  readonly nodeName: string
  readonly addresses: readonly string[]
  readonly port: number
  readonly machine: Machine
  readonly runtime: Runtime
  readonly podsMax: number
  readonly clock: Clock
  /** As in `v1.36.0`. */
  readonly version: string
  /** What beside the runtime keeps the node from taking pods. */
  readonly lacking: () => readonly string[]
  /** What the node is short of. */
  readonly short: () => ReadonlySet<PressureCondition>
}

const imagesMax = 50
const namesMax = 5

/** Says how this node is; asks the runtime. */
export function nodeStatus(options: NodeStatusOptions): (before: Node | undefined) => Promise<Draft<NodeStatus>> {
  const { machine, runtime, clock } = options
  const { capacity, allocatable } = resourcesOf(machine, options.podsMax)
  return async (before) => {
    const [lacking, images, version] = await Promise.all([
      runtimeLacks(runtime),
      imageList(runtime),
      runtimeVersion(runtime),
    ])
    return {
      capacity,
      allocatable,
      conditions: nodeConditions({
        short: options.short(),
        lacking: [...lacking, ...options.lacking()],
        now: clock.now(),
        before,
      }),
      addresses: [
        ...options.addresses.map((address) => ({ type: 'InternalIP' as const, address })),
        { type: 'Hostname' as const, address: options.nodeName },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: options.port } },
      nodeInfo: {
        machineID: machine.machineId,
        systemUUID: machine.systemUuid,
        bootID: machine.bootId,
        kernelVersion: machine.kernel,
        osImage: machine.osImage,
        containerRuntimeVersion: version || (before?.status.nodeInfo.containerRuntimeVersion ?? ''),
        kubeletVersion: options.version,
        kubeProxyVersion: options.version,
        operatingSystem: 'linux',
        architecture: machine.architecture,
        ...(machine.swapBytes > 0 && { swap: { capacity: machine.swapBytes } }),
      },
      ...(images === undefined ? {} : { images }),
      runtimeHandlers: ['', 'runc', ...(existsSync('/usr/bin/crun') ? ['crun'] : [])].map((name) => ({ name })),
    }
  }
}

async function runtimeLacks(runtime: Runtime): Promise<string[]> {
  try {
    const { status } = await runtime.status({}, { deadlineMs: 5000 })
    return (status?.conditions ?? [])
      .filter((condition) => !condition.status && condition.type !== 'ContainerdHasNoDeprecationWarnings')
      .map(({ type, reason, message }) =>
        type === 'NetworkReady'
          ? `container runtime network not ready: NetworkReady=false reason:${reason} message:${message}`
          : `container runtime not ready: ${type}=false reason:${reason} message:${message}`,
      )
  } catch (error) {
    return [`container runtime is down: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** The largest images, which matter most to whoever chooses a node. */
async function imageList(runtime: Runtime): Promise<NodeStatus['images'] | undefined> {
  try {
    const { images } = await runtime.listImages({}, { deadlineMs: 5000 })
    return images
      .toSorted((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1))
      .slice(0, imagesMax)
      .map(({ repoDigests, repoTags, size }) => ({
        names: [...repoDigests, ...repoTags].slice(0, namesMax),
        sizeBytes: size,
      }))
  } catch {
    return undefined
  }
}

async function runtimeVersion(runtime: Runtime): Promise<string> {
  try {
    const { runtimeName, runtimeVersion: version } = await runtime.version({}, { deadlineMs: 5000 })
    return `${runtimeName}://${version}`
  } catch {
    return ''
  }
}

/** IPv4 before IPv6, as pods and clients expect the first of a node's addresses. */
export function orderedAddresses(addresses: readonly string[]): string[] {
  return addresses.toSorted((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)))
}

/** The labels by which pods choose nodes. */
export function nodeLabels(nodeName: string, machine: Machine): Record<string, string> {
  return {
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': machine.architecture,
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': machine.architecture,
  }
}
