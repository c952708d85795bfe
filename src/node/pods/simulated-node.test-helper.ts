import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { Secrets } from '../../api/core/secret.ts'
import { Services } from '../../api/core/service.ts'
import { sharedCaches } from '../../client/caches.ts'
import type { Client } from '../../client/client.ts'
import { openWatchCache } from '../../client/watch-cache.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Recorder } from '../../lib/decisions.ts'
import type { Logger } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import { FollowedObjects } from '../followed-objects.ts'
import { Images } from '../images/images.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { VolumesOptions } from '../volumes/pod-volumes.ts'
import { PodTokens } from '../volumes/tokens.ts'
import { narrator } from './narrator.ts'
import { PodManager } from './pod-manager.ts'
import type { PodNetwork, PodServices } from './services.ts'
import { StatusWriter } from './status-writer.ts'

export interface SimulatedNodeOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly recorder: Recorder
  readonly signal: AbortSignal
  readonly runtime: Runtime
  readonly nodeName: string
  readonly network?: PodNetwork
  /** The pods' manager, once it is there. */
  readonly began?: (manager: PodManager) => void
}

/** The pods of a node on a runtime that is given: no root, no kernel, no network. */
export async function startSimulatedNode(options: SimulatedNodeOptions): Promise<PodManager> {
  const { client, clock, random, log, signal, runtime, nodeName, recorder } = options
  const dir = mkdtempSync(join(tmpdir(), 'node-'))
  signal.addEventListener('abort', () => rmSync(dir, { recursive: true, force: true }))
  const [podsDir, memoryDir, logDir] = ['pods', 'memory', 'log'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [podsDir, memoryDir, logDir]) mkdirSync(path)
  const caches = sharedCaches({ client, clock, random, log, signal })
  const nodes = caches.of(Nodes)
  const services = caches.of(Services)
  const facts = { hostIPs: ['192.168.0.1'], podIPs: [], allocatable: { cpu: '4', memory: '8Gi' } }
  let manager: PodManager | undefined
  const objects = new FollowedObjects({
    follow: (kind, { namespace = '', name }, until) =>
      openWatchCache(
        kind,
        { namespace, fieldSelector: `metadata.name=${name}` },
        { client, clock, random, log, signal: AbortSignal.any([until, signal]) },
      ),
    changed: (uid) => manager?.objectsChanged(uid),
    lingerMs: 1000,
    after: clock.after.bind(clock),
  })
  const host = {
    run: () => Promise.resolve(''),
    remove: (path: string) => Promise.resolve(rmSync(path, { recursive: true, force: true })),
    close: () => {},
  }
  const images = new Images({
    runtime,
    clock,
    pullSecret: (pod, name) =>
      objects.get(pod.metadata.uid, Secrets, { namespace: pod.metadata.namespace ?? '', name }),
  })
  const volumes: VolumesOptions = {
    host,
    clock,
    objects,
    tokens: new PodTokens(client, clock),
    images: { mount: () => Promise.resolve(), unmount: () => Promise.resolve() },
    podsDir,
    memoryDir,
    facts: () => facts,
    memoryCapacity: 8 * 2 ** 30,
  }
  const shared: Omit<PodServices, 'owns' | 'refuseResize'> = {
    runtime,
    client,
    clock,
    log,
    narrator: narrator({ recorder, events: { event: () => {}, flushed: () => Promise.resolve() }, clock, nodeName }),
    writer: new StatusWriter({ client, clock, random, log, signal }),
    images,
    objects,
    volumes,
    cgroups: { ensure: () => '/pods', path: () => '/pods', process: () => undefined, remove: () => {} },
    host,
    network: options.network ?? { drained: () => Promise.resolve() },
    facts: {
      dns: { clusterDns: [], clusterDomain: 'cluster.local', host: { servers: [], searches: [], options: [] } },
      seccompDir: join(dir, 'seccomp'),
      logDir,
      memoryCapacity: 8 * 2 ** 30,
      cgroupVersion: 2,
    },
    podsDir,
    hostIPs: facts.hostIPs,
    nodeHosts: () => '',
    downward: (podIPs) => ({ ...facts, podIPs }),
    services: (namespace) => services.list(namespace),
    servicesSynced: () => services.synced(),
    runtimeHandler: () => Promise.resolve(''),
  }
  const pods = caches.of(Pods, { fieldSelector: `spec.nodeName=${nodeName}` })
  manager = new PodManager({ services: shared, pods, node: () => nodes.get({ name: nodeName }), signal })
  options.began?.(manager)
  await manager.run()
  return manager
}
