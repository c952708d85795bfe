import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { Pod } from '../../src/api/core/v1.ts'
import { containerdSocket } from '../../src/cli/machine/cluster-file.ts'
import type { PodCgroups } from '../../src/node/pods/cgroups.ts'
import { hierarchies, podCgroups } from '../../src/node/pods/cgroups.ts'
import { podContainers } from '../../src/node/pods/containers.ts'
import type { NodeFacts } from '../../src/node/pods/cri-config.ts'
import { containerConfig, podLogDir, sandboxConfig } from '../../src/node/pods/cri-config.ts'
import { labels } from '../../src/node/pods/labels.ts'
import type { Input } from '../../src/node/runtime/codec.ts'
import { criClient } from '../../src/node/runtime/cri-client.ts'
import type { ContainerConfig, PodSandboxConfig } from '../../src/node/runtime/cri/messages.ts'
import { nodeNames } from '../../src/programs/node-names.ts'
import type { TestCluster } from './test-cluster.ts'

interface Prepared {
  readonly pod: Pod
  readonly sandbox: Input<PodSandboxConfig>
  readonly container: Input<ContainerConfig>
}

/**
 * Starts the containers of a pod on a cluster's runtime as the node's agent does, by the same calls with the same
 * configuration, and does nothing else: what pods take beyond that is the cluster's own.
 */
export class BareDriver implements AsyncDisposable {
  readonly #runtime: ReturnType<typeof criClient>
  readonly #cgroups: PodCgroups
  readonly #facts: NodeFacts
  readonly #dir: string
  readonly #sandboxes: { readonly id: string; readonly uid: string }[] = []
  #imageId = ''
  #count = 0

  constructor({ layout, file, node }: TestCluster) {
    this.#runtime = criClient(containerdSocket(layout, node.name))
    const trees = hierarchies(readFileSync('/proc/self/mountinfo', 'utf8'))
    this.#cgroups = podCgroups(nodeNames(layout, file, node).cgroupRoot, trees)
    this.#dir = join(layout.root, 'bare')
    this.#facts = {
      dns: {
        clusterDns: [file.dnsAddress],
        clusterDomain: file.clusterDomain,
        host: { servers: [], searches: [], options: [] },
      },
      seccompDir: join(this.#dir, 'seccomp'),
      logDir: join(this.#dir, 'log'),
      memoryCapacity: totalmem(),
      cgroupVersion: trees.version,
    }
  }

  /** Starts pods like this one, all at once; answers how many milliseconds the calls took. */
  async start(like: Pod, count = 1): Promise<number> {
    const [{ spec }] = [podContainers(like)[0]!]
    if (this.#imageId === '') {
      const { image } = await this.#runtime.imageStatus({ image: { image: spec.image ?? '' } })
      if (image === undefined) throw new Error(`the runtime has no image ${spec.image}`)
      this.#imageId = image.id
    }
    const all = Array.from({ length: count }, () => this.#prepare(like))
    const begin = performance.now()
    await Promise.all(all.map((one) => this.#run(one)))
    return performance.now() - begin
  }

  /** What the agent has made on the disk, and asks itself, before it calls the runtime: no part of the calls. */
  #prepare(like: Pod): Prepared {
    const name = `bare-${this.#count++}`
    const pod: Pod = { ...like, metadata: { ...like.metadata, name, uid: name } }
    const cgroupParent = this.#cgroups.ensure(pod)
    const logs = podLogDir(this.#facts.logDir, pod)
    mkdirSync(logs, { recursive: true })
    const file = (of: string): string => {
      const path = join(logs, of)
      writeFileSync(path, '')
      return path
    }
    const sandbox = sandboxConfig(pod, 0, cgroupParent, this.#facts)
    const parts = {
      attempt: 0,
      restartDelayMs: 0,
      imageId: this.#imageId,
      imageUser: { uid: undefined, username: '' },
      env: new Map<string, string>(),
      mounts: [
        { containerPath: '/etc/hosts', hostPath: file('hosts') },
        { containerPath: '/dev/termination-log', hostPath: file('termination-log') },
      ],
      targetId: undefined,
    }
    const container = containerConfig(pod, podContainers(pod)[0]!, parts, this.#facts)
    // Without the pod's uid: the agent would take it for one that the API does not have any more, and remove it.
    return {
      pod,
      sandbox: { ...sandbox, labels: without(sandbox.labels) },
      container: { ...container, labels: without(container.labels) },
    }
  }

  async #run({ pod, sandbox, container }: Prepared): Promise<void> {
    const { podSandboxId } = await this.#runtime.runPodSandbox({ config: sandbox })
    this.#sandboxes.push({ id: podSandboxId, uid: pod.metadata.uid })
    const made = { podSandboxId, config: container, sandboxConfig: sandbox }
    const { containerId } = await this.#runtime.createContainer(made)
    await this.#runtime.startContainer({ containerId })
  }

  /** Removes all that was started. */
  async clear(): Promise<void> {
    await Promise.all(
      this.#sandboxes.splice(0).map(async ({ id, uid }) => {
        await this.#runtime.stopPodSandbox({ podSandboxId: id })
        await this.#runtime.removePodSandbox({ podSandboxId: id })
        this.#cgroups.remove({ uid })
      }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clear()
    this.#runtime.close()
  }
}

function without(all: Input<PodSandboxConfig>['labels'] = {}): Record<string, string | undefined> {
  const { [labels.podUid]: _, ...others } = all
  return others
}
