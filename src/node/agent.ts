import { mkdir, readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import { Secrets } from '../api/core/secret.ts'
import { Services } from '../api/core/service.ts'
import type { Pod } from '../api/core/v1.ts'
import { RuntimeClasses } from '../api/node/runtime-class.ts'
import type { Caches } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import { eventRecorder } from '../client/event-recorder.ts'
import { openWatchCache } from '../client/watch-cache.ts'
import type { Clock } from '../lib/clock.ts'
import type { Recorder } from '../lib/decisions.ts'
import type { Logger } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { FollowedObjects } from './followed-objects.ts'
import { helperShell } from './host/helper-shell.ts'
import type { Host } from './host/helper-shell.ts'
import { ImageCollector } from './images/image-collector.ts'
import { fillOf, imageFolder } from './images/image-disk.ts'
import { Images } from './images/images.ts'
import { keepLogsShort } from './logs/keep-logs-short.ts'
import { readMachine, resourcesOf } from './machine/machine.ts'
import { nodeNarrator } from './machine/node-narrator.ts'
import { nodeLabels, nodeStatus, orderedAddresses } from './machine/node-status.ts'
import { Registration } from './machine/registration.ts'
import { hierarchies, podCgroups } from './pods/cgroups.ts'
import { parseResolvConf } from './pods/dns.ts'
import type { ResolverConfig } from './pods/dns.ts'
import { imageNews } from './pods/image-news.ts'
import { recordListening } from './pods/listening.ts'
import { narrator } from './pods/narrator.ts'
import { imagesOf } from './pods/containers.ts'
import { PodManager } from './pods/pod-manager.ts'
import type { PodNetwork, PodServices } from './pods/services.ts'
import { StatusWriter } from './pods/status-writer.ts'
import { podUses } from './pressure/pod-uses.ts'
import { PressureRelief } from './pressure/pressure-relief.ts'
import { readPressure } from './pressure/read-pressure.ts'
import { startContainerd } from './runtime/containerd.ts'
import type { Containerd } from './runtime/containerd.ts'
import { pauseImageName } from './runtime/pause-image.ts'
import { startAgentServer } from './server/agent-server.ts'
import type { AgentTls } from './server/agent-server.ts'
import { mountsBelow } from './volumes/mount-table.ts'
import type { VolumesOptions } from './volumes/pod-volumes.ts'
import { PodTokens } from './volumes/tokens.ts'

export interface AgentOptions {
  readonly client: Client
  /** Shared with the node's network. */
  readonly caches: Caches
  readonly nodeName: string
  /** Where the node is reached, the first address first. */
  readonly nodeAddresses: readonly string[]
  /** Labels beside those that every node has. */
  readonly labels?: Readonly<Record<string, string>>
  /** Everything of this node lies below: containerd, volumes, logs. */
  readonly dataDir: string
  /** Where the runtime finds network plug-ins and how to call them. */
  readonly cniBinDir: string
  readonly cniConfDir: string
  /** The cgroup below which all pods of this node lie; no other node of this machine may have the same. */
  readonly cgroupRoot: string
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  /** What the agent says of its own version, as in `v1.36.0`. */
  readonly version: string
  readonly podsMax?: number
  /** Names of images that are never collected. */
  readonly keptImages?: () => readonly string[]
  /** Takes the runtime, by its process id, out of what would end with the agent. */
  readonly outlive?: (pid: number) => void
  /** Absent where nobody may ask the agent for logs and streams. */
  readonly server?: {
    readonly port: number
    readonly host?: string
    readonly tls: () => AgentTls
    readonly clientNames: readonly string[]
  }
  readonly network: PodNetwork
  /** What beside the runtime keeps the node from taking pods; empty when nothing does. */
  readonly lacking?: () => readonly string[]
  readonly recorder: Recorder
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface RunningAgent {
  readonly containerd: Containerd
  readonly pods: PodManager
  /** The port on which the agent's server answers; 0 without one. */
  readonly port: number
  /** Certificates have been renewed: the agent's server shows them from now on. */
  renewTls(): void
  /** The node says how it is now, without waiting for its time. */
  reportNode(): void
  /** Resolves when nothing of the agent runs any more after the signal has fired. Containers go on. */
  readonly ended: Promise<void>
}

/**
 * Runs the pods of a node: resolves when the Node is registered and what ran before is taken over. The end of the agent
 * is not the end of its containers.
 */
export async function runAgent(options: AgentOptions): Promise<RunningAgent> {
  const { client, caches, nodeName, dataDir, clock, random, log, signal } = options
  const podsDir = join(dataDir, 'pods')
  const memoryDir = join(dataDir, 'memory')
  const logDir = join(dataDir, 'log', 'pods')
  await Promise.all(
    [podsDir, memoryDir, logDir, options.cniConfDir].map((dir) => mkdir(dir, { recursive: true, mode: 0o711 })),
  )
  const host = helperShell()
  const [containerd] = await Promise.all([startContainerd({ ...options, dataDir }), mountMemory(host, memoryDir)])
  const { runtime } = containerd
  const machine = readMachine(dataDir)
  const trees = hierarchies(await readFile('/proc/self/mountinfo', 'utf8'))
  const podsMax = options.podsMax ?? 110
  const { allocatable } = resourcesOf(machine, podsMax)
  const hostIPs = orderedAddresses(options.nodeAddresses)
  const events = eventRecorder({ client, clock, log, component: 'kubelet', host: nodeName, signal })
  const says = narrator({ recorder: options.recorder, events, clock, nodeName })
  const nodes = caches.of(Nodes)
  const pods = caches.of(Pods, { fieldSelector: `spec.nodeName=${nodeName}` })
  const allServices = caches.of(Services)

  let manager: PodManager | undefined
  const objects = new FollowedObjects({
    follow: (kind, { namespace = '', name }, until) =>
      openWatchCache(
        kind,
        { namespace, fieldSelector: `metadata.name=${name}` },
        { client, clock, random, log, signal: AbortSignal.any([until, signal]) },
      ),
    changed: (uid) => manager?.objectsChanged(uid),
    lingerMs: 60_000,
    after: clock.after,
  })
  const images = new Images({
    runtime,
    clock,
    pullSecret: (pod, name) =>
      objects.get(pod.metadata.uid, Secrets, { namespace: pod.metadata.namespace ?? '', name }),
    removed: (image) => collector.removed(image),
  })
  const volumes: VolumesOptions = {
    host,
    clock,
    objects,
    tokens: new PodTokens(client, clock),
    podsDir,
    memoryDir,
    memoryCapacity: machine.memoryBytes,
    facts: () => ({ hostIPs, podIPs: [], allocatable }),
    images: {
      async mount(pod, { reference = '', pullPolicy = 'IfNotPresent' }, target) {
        const field = 'spec.volumes'
        await images.ensure(
          pod,
          reference,
          pullPolicy as 'Always',
          (news) => says.say(pod, imageNews(news, reference, field)),
          signal,
        )
        await containerd.mountImage(reference, target)
      },
      unmount: (target) => containerd.unmountImage(target),
    },
  }
  const services: Omit<PodServices, 'owns' | 'refuseResize'> = {
    runtime,
    client,
    clock,
    log,
    narrator: says,
    writer: new StatusWriter({ client, clock, random, log, signal }),
    images,
    objects,
    volumes,
    cgroups: podCgroups(options.cgroupRoot, trees),
    host,
    network: options.network,
    facts: {
      dns: { clusterDns: options.clusterDns, clusterDomain: options.clusterDomain, host: await hostResolver() },
      seccompDir: join(dataDir, 'seccomp'),
      logDir,
      memoryCapacity: machine.memoryBytes,
      cgroupVersion: trees.version,
    },
    podsDir,
    hostIPs,
    nodeHosts: () => readText('/etc/hosts'),
    downward: (podIPs) => ({ hostIPs, podIPs, allocatable }),
    services: (namespace) => allServices.list(namespace),
    servicesSynced: () => allServices.synced(),
    runtimeHandler: (pod) => runtimeHandler(client, pod),
  }

  manager = new PodManager({
    services,
    pods,
    node: () => nodes.get({ name: nodeName }),
    short: () => relief.conditions(),
    signal,
  })
  const imageDir = await imageFolder(runtime, dataDir)
  const saysOfNode = nodeNarrator({ recorder: options.recorder, events, clock, nodeName })
  const collector = new ImageCollector({
    runtime,
    fill: () => fillOf(imageDir),
    wanted: () => [
      pauseImageName,
      ...(options.keptImages?.() ?? []),
      ...manager.workers().flatMap(({ pod, isActive }) => (isActive ? imagesOf(pod) : [])),
    ],
    narrator: saysOfNode,
    clock,
    log,
    signal,
  })
  const relief = new PressureRelief({
    read: () => readPressure(dataDir, imageDir),
    images: collector,
    workers: () => manager.workers(),
    measure: (onDisk) =>
      podUses(
        { runtime, workers: () => manager.workers(), podsDir, logDir, copiesImages: containerd.copiesImages },
        onDisk,
      ),
    narrator: saysOfNode,
    podNarrator: says,
    changed: () => registration.look(),
    clock,
    log,
    signal,
  })
  const server =
    options.server === undefined
      ? undefined
      : await startAgentServer({ ...options.server, manager, runtime, clock, log, signal, nodeName })
  const registration = new Registration({
    client,
    clock,
    random,
    log,
    signal,
    nodeName,
    labels: { ...nodeLabels(nodeName, machine), ...options.labels },
    nodes,
    status: nodeStatus({
      nodeName,
      addresses: hostIPs,
      port: server?.port ?? 0,
      machine,
      runtime,
      podsMax,
      clock,
      version: options.version,
      lacking: options.lacking ?? (() => []),
      short: () => relief.conditions(),
    }),
  })
  await Promise.all([registration.start(), manager.run()])
  void recordListening({
    pods: () => manager.workers().map(({ pod }) => pod),
    cgroups: services.cgroups,
    narrator: says,
    clock,
    signal,
  })
  void keepLogsShort({ manager, runtime, clock, log, signal })
  void collector.run()
  void relief.run()

  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      objects.close()
      host.close()
      void Promise.allSettled([events.flushed(), server?.ended]).then(() => {
        runtime.close()
        resolve()
      })
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  return {
    containerd,
    pods: manager,
    port: server?.port ?? 0,
    renewTls: () => server?.renewTls(),
    reportNode: () => registration.look(),
    ended,
  }
}

/** A file system in memory for what must not reach the disk. */
async function mountMemory(host: Host, dir: string): Promise<void> {
  if (mountsBelow(dir).includes(dir)) return
  await host.run('mount', '-t', 'tmpfs', '-o', 'mode=0711,nosuid,nodev', 'wherry-memory', dir)
}

/** A resolver on this machine itself is of no use to pods: theirs is the one behind it. */
async function hostResolver(): Promise<ResolverConfig> {
  const own = parseResolvConf(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''))
  if (!own.servers.every((server) => server.startsWith('127.'))) return own
  const behind = await readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(() => undefined)
  return behind === undefined ? own : parseResolvConf(behind)
}

async function runtimeHandler(client: Client, { spec }: Pod): Promise<string> {
  if (!spec.runtimeClassName) return ''
  return (await client.get(RuntimeClasses, { name: spec.runtimeClassName })).handler
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
