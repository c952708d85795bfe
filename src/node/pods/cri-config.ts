import { join } from 'node:path'
import type { Pod } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Input } from '../runtime/codec.ts'
import type {
  ContainerConfig,
  LinuxContainerResources,
  Mount,
  PodSandboxConfig,
  Signal,
} from '../runtime/cri/messages.ts'
import { podContainers } from './containers.ts'
import type { PodContainer } from './containers.ts'
import { podDns } from './dns.ts'
import type { DnsFacts } from './dns.ts'
import { expand } from './expand.ts'
import { kernelHostname } from './hostname.ts'
import { annotations, labels, podLabels } from './labels.ts'
import { containerCgroup, oomScoreAdj } from './resources.ts'
import { containerSecurity, namespaces, seccomp, seLinux, supplementalGroups } from './security.ts'
import type { ImageUser } from './security.ts'

/** What the node adds to what pods ask for. */
export interface NodeFacts {
  readonly dns: DnsFacts
  readonly seccompDir: string
  readonly logDir: string
  readonly memoryCapacity: number
  /** Whether the kernel shows one cgroup tree (2), or one for each controller (1). */
  readonly cgroupVersion: 1 | 2
}

/** The directory of a pod's logs: `namespace_name_uid`. */
export function podLogDir(logDir: string, { metadata }: Pod): string {
  return join(logDir, `${metadata.namespace}_${metadata.name}_${metadata.uid}`)
}

/** What the runtime is told of a pod's sandbox. */
export function sandboxConfig(
  pod: Pod,
  attempt: number,
  cgroupParent: string,
  facts: NodeFacts,
): Input<PodSandboxConfig> {
  const { metadata, spec } = pod
  const context = spec.securityContext ?? {}
  if (spec.hostUsers === false) {
    throw new WherryError('invalid', 'the runtime of this node cannot give a pod users of its own (hostUsers: false)')
  }
  const containers = podContainers(pod)
  return {
    metadata: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid, attempt },
    hostname: kernelHostname(pod, facts.dns.clusterDomain),
    logDirectory: podLogDir(facts.logDir, pod),
    dnsConfig: podDns(pod, facts.dns),
    portMappings: spec.hostNetwork === true ? [] : portMappings(pod),
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: metadata.annotations ?? {},
    linux: {
      cgroupParent,
      sysctls: Object.fromEntries((context.sysctls ?? []).map(({ name, value }) => [name, value])),
      securityContext: {
        namespaceOptions: namespaces(pod),
        privileged: containers.some(({ spec: container }) => container.securityContext?.privileged === true),
        ...(context.runAsUser === undefined ? {} : { runAsUser: { value: context.runAsUser } }),
        ...(context.runAsUser === undefined || context.runAsGroup === undefined
          ? {}
          : { runAsGroup: { value: context.runAsGroup } }),
        supplementalGroups: supplementalGroups(context),
        seccomp: seccomp({ type: 'RuntimeDefault' }, facts.seccompDir),
        ...seLinux(context.seLinuxOptions),
      },
    },
  }
}

function portMappings(pod: Pod): Input<PodSandboxConfig>['portMappings'] {
  return podContainers(pod).flatMap(({ spec }) =>
    (spec.ports ?? [])
      .filter(({ hostPort }) => (hostPort ?? 0) > 0)
      .map(({ protocol = 'TCP', containerPort, hostPort, hostIP }) => ({
        protocol,
        containerPort,
        hostPort,
        hostIp: hostIP,
      })),
  )
}

export interface ContainerParts {
  readonly attempt: number
  readonly restartDelayMs: number
  readonly imageId: string
  readonly imageUser: ImageUser
  readonly env: ReadonlyMap<string, string>
  readonly mounts: readonly Input<Mount>[]
  /** The container whose processes an ephemeral one is to see. */
  readonly targetId: string | undefined
}

/** What the runtime is told of a container. Throws when the container may not run as it would. */
export function containerConfig(
  pod: Pod,
  { spec }: PodContainer,
  parts: ContainerParts,
  facts: NodeFacts,
): Input<ContainerConfig> {
  const lookup = (name: string): string | undefined => parts.env.get(name)
  const expanded = (texts: readonly string[] | undefined): string[] => (texts ?? []).map((text) => expand(text, lookup))
  const stopSignal = spec.lifecycle?.stopSignal?.replace('+', 'PLUS').replace('-', 'MINUS') as Signal | undefined
  return {
    metadata: { name: spec.name, attempt: parts.attempt },
    image: { image: parts.imageId, userSpecifiedImage: spec.image },
    command: expanded(spec.command),
    args: expanded(spec.args),
    workingDir: spec.workingDir,
    envs: [...parts.env].map(([key, value]) => ({ key, value: Buffer.from(value) })),
    mounts: parts.mounts,
    labels: { ...podLabels(pod), [labels.containerName]: spec.name },
    annotations: {
      [annotations.restartCount]: String(parts.attempt),
      [annotations.terminationMessagePath]: spec.terminationMessagePath ?? '',
      [annotations.terminationMessagePolicy]: spec.terminationMessagePolicy ?? '',
      [annotations.gracePeriod]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
      [annotations.restartDelayMs]: String(parts.restartDelayMs),
      [annotations.image]: spec.image ?? '',
      [annotations.resources]: JSON.stringify(spec.resources),
    },
    logPath: join(spec.name, `${parts.attempt}.log`),
    stdin: spec.stdin === true,
    stdinOnce: spec.stdinOnce === true,
    tty: spec.tty === true,
    linux: {
      resources: linuxResources(pod, spec.resources, facts),
      securityContext: containerSecurity(pod, spec, parts.imageUser, {
        seccompDir: facts.seccompDir,
        targetId: parts.targetId,
      }),
    },
    ...(stopSignal === undefined ? {} : { stopSignal }),
  }
}

/** A container's resources as the kernel counts them. */
export function linuxResources(
  pod: Pod,
  resources: Parameters<typeof containerCgroup>[0],
  { memoryCapacity, cgroupVersion }: Pick<NodeFacts, 'memoryCapacity' | 'cgroupVersion'>,
): Input<LinuxContainerResources> {
  const { cpuShares, cpuQuota, cpuPeriod, memoryLimit } = containerCgroup(resources)
  return {
    cpuShares,
    cpuPeriod,
    // -1 takes a limit away that a container had before.
    cpuQuota: cpuQuota === 0 ? -1 : cpuQuota,
    memoryLimitInBytes: memoryLimit,
    oomScoreAdj: oomScoreAdj(pod, resources, memoryCapacity),
    // A container that has not enough memory ends as a whole (KubeletConfiguration, `singleProcessOOMKill`).
    ...(cgroupVersion === 2 ? { unified: { 'memory.oom.group': '1' } } : {}),
  }
}
