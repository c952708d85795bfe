import type { Pod, Service } from '../../api/core/v1.ts'
import type { Client } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import type { FollowedObjects } from '../followed-objects.ts'
import type { Host } from '../host/helper-shell.ts'
import type { Images } from '../images/images.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { VolumesOptions } from '../volumes/pod-volumes.ts'
import type { PodCgroups } from './cgroups.ts'
import type { NodeFacts } from './cri-config.ts'
import type { DownwardFacts } from './downward.ts'
import type { Narrator } from './narrator.ts'
import type { ResizeRefusal } from './pod-allocation.ts'
import type { StatusWriter } from './status-writer.ts'

/** What the node's network does for pods beside giving them an address. */
export interface PodNetwork {
  /** Resolves when nothing sends new connections to the pod any more, or the signal fires. */
  drained(pod: Pod, signal: AbortSignal): Promise<void>
}

/** What the workers of all pods of a node share. */
export interface PodServices {
  readonly runtime: Runtime
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly narrator: Narrator
  readonly writer: StatusWriter
  readonly images: Images
  readonly objects: FollowedObjects
  readonly volumes: VolumesOptions
  readonly cgroups: PodCgroups
  readonly host: Host
  readonly network: PodNetwork
  readonly facts: NodeFacts
  readonly podsDir: string
  readonly hostIPs: readonly string[]
  /** The text of the node's own /etc/hosts. */
  readonly nodeHosts: () => string
  readonly downward: (podIPs: readonly string[]) => DownwardFacts
  readonly services: (namespace: string) => readonly Service[]
  /** Resolves when the Services are known. */
  readonly servicesSynced: () => Promise<void>
  /** The runtime's name of a pod's RuntimeClass. */
  readonly runtimeHandler: (pod: Pod) => Promise<string>
  /** Why the node cannot give a pod what it asks for now; undefined when it can. */
  readonly refuseResize: (pod: Pod) => ResizeRefusal | undefined
  /** Whose a container is, so that news of it reach its pod. */
  readonly owns: (containerId: string, uid: string) => void
}
