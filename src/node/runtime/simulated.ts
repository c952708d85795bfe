import type { Clock } from '../../lib/clock.ts'
import type { Input } from './codec.ts'
import type {
  Container,
  ContainerConfig,
  ContainerState,
  ContainerStatus,
  PodSandbox,
  PodSandboxConfig,
} from './cri/messages.ts'
import { GrpcError, GrpcStatus } from './grpc.ts'
import type { Runtime } from './runtime.ts'

/** What a simulated container does: nothing said, it runs until it is stopped. */
export interface Behaviour {
  /** It ends by itself after so long. */
  readonly endsAfterMs?: number
  readonly exitCode?: number
  readonly reason?: string
  /** How long it takes to end after it was told to; longer than its grace and it is killed. */
  readonly stopsAfterMs?: number
}

/** How a command in a container ended. */
export interface Executed {
  readonly exitCode: number
  readonly output?: string
}

export interface SimulatedRuntimeOptions {
  readonly clock: Clock
  /** How long each call takes. */
  readonly delayMs?: number
  readonly images?: readonly string[]
  readonly behave?: (config: Input<ContainerConfig>) => Behaviour
  readonly exec?: (containerName: string, cmd: readonly string[]) => Executed
  /** May throw what a call is to fail with. */
  readonly before?: (call: string, request: object) => void
}

interface Box {
  readonly id: string
  readonly config: Input<PodSandboxConfig>
  readonly createdAt: number
  readonly ip: string
  ready: boolean
}

interface Kept {
  readonly id: string
  readonly sandboxId: string
  readonly config: Input<ContainerConfig>
  readonly createdAt: number
  state: ContainerState
  startedAt: number
  finishedAt: number
  exitCode: number
  reason: string
  cancelEnd: (() => void) | undefined
}

/** A container runtime that runs nothing: it keeps the books as a real one does, on whatever clock it is given. */
export interface SimulatedRuntime extends Runtime {
  /** The calls so far, as `runPodSandbox`. */
  readonly calls: readonly string[]
  /** Ends the newest container of a name, as if its process had. */
  end(containerName: string, exitCode: number, reason?: string): void
  /** Ends a pod's sandbox, and all that runs in it. */
  endSandbox(podName: string): void
  running(): readonly string[]
}

export function simulatedRuntime(options: SimulatedRuntimeOptions): SimulatedRuntime {
  const { clock, delayMs = 0 } = options
  const behave = options.behave ?? ((): Behaviour => ({}))
  const exec = options.exec ?? ((): Executed => ({ exitCode: 0 }))
  const boxes = new Map<string, Box>()
  const containers = new Map<string, Kept>()
  const images = new Set(options.images ?? [])
  const listeners = new Set<(id: string) => void>()
  const calls: string[] = []
  let serial = 0
  const nextId = (): string => String(++serial).padStart(64, '0')
  const tell = (id: string): void => listeners.forEach((listener) => listener(id))
  const nanos = (ms: number): number => Math.round(ms * 1e6)

  const box = (id: string | undefined): Box => {
    const found = boxes.get(id ?? '')
    if (found === undefined) throw new GrpcError(GrpcStatus.notFound, `sandbox ${id} not found`)
    return found
  }
  const kept = (id: string | undefined): Kept => {
    const found = containers.get(id ?? '')
    if (found === undefined) throw new GrpcError(GrpcStatus.notFound, `container ${id} not found`)
    return found
  }
  const end = (container: Kept, exitCode: number, reason: string): void => {
    if (container.state !== 'CONTAINER_RUNNING') return
    container.cancelEnd?.()
    Object.assign(container, {
      state: 'CONTAINER_EXITED',
      exitCode,
      reason,
      finishedAt: clock.now(),
      cancelEnd: undefined,
    })
    tell(container.id)
  }
  const inBox = (id: string): Kept[] => [...containers.values()].filter(({ sandboxId }) => sandboxId === id)
  const killBox = (sandbox: Box): void => {
    for (const container of inBox(sandbox.id)) end(container, 137, 'Error')
    sandbox.ready = false
  }

  const shownBox = ({ id, config, createdAt, ready }: Box): PodSandbox =>
    ({
      id,
      metadata: config.metadata,
      state: ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
      createdAt: nanos(createdAt),
      labels: config.labels ?? {},
      annotations: config.annotations ?? {},
      runtimeHandler: '',
    }) as PodSandbox
  const shown = ({ id, sandboxId, config, state, createdAt }: Kept): Container =>
    ({
      id,
      podSandboxId: sandboxId,
      metadata: config.metadata,
      image: config.image,
      imageRef: config.image?.image ?? '',
      imageId: '',
      state,
      createdAt: nanos(createdAt),
      labels: config.labels ?? {},
      annotations: config.annotations ?? {},
    }) as Container
  const status = (container: Kept): ContainerStatus =>
    ({
      ...shown(container),
      image: { image: container.config.image?.userSpecifiedImage ?? '' },
      startedAt: nanos(container.startedAt),
      finishedAt: nanos(container.finishedAt),
      exitCode: container.exitCode,
      reason: container.reason,
      message: '',
      mounts: [],
      logPath: '',
    }) as unknown as ContainerStatus
  const matches = (
    labels: Readonly<Record<string, string | undefined>> | undefined,
    selector: Readonly<Record<string, string | undefined>> | undefined,
  ): boolean => Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value)

  const answers: Partial<Record<keyof Runtime, (request: any) => unknown>> = {
    version: () => ({ version: '0.1.0', runtimeName: 'simulated', runtimeVersion: '1', runtimeApiVersion: 'v1' }),
    status: () => ({
      status: {
        conditions: ['RuntimeReady', 'NetworkReady'].map((type) => ({ type, status: true, reason: '', message: '' })),
      },
      info: {},
      runtimeHandlers: [],
    }),
    runPodSandbox: ({ config }: { config: Input<PodSandboxConfig> }) => {
      const { uid, attempt = 0 } = config.metadata ?? {}
      const isTaken = [...boxes.values()].some(
        (other) => other.config.metadata?.uid === uid && (other.config.metadata?.attempt ?? 0) === attempt,
      )
      if (isTaken)
        throw new GrpcError(GrpcStatus.unknown, `failed to reserve sandbox name of ${uid} attempt ${attempt}`)
      const id = nextId()
      boxes.set(id, { id, config, createdAt: clock.now(), ip: `10.244.${serial >> 8}.${serial & 255}`, ready: true })
      return { podSandboxId: id }
    },
    stopPodSandbox: ({ podSandboxId }) => {
      const found = boxes.get(podSandboxId)
      if (found !== undefined) killBox(found)
      return {}
    },
    removePodSandbox: ({ podSandboxId }) => {
      const found = boxes.get(podSandboxId)
      if (found === undefined) return {}
      killBox(found)
      for (const { id } of inBox(podSandboxId)) containers.delete(id)
      boxes.delete(podSandboxId)
      return {}
    },
    podSandboxStatus: ({ podSandboxId }) => {
      const found = box(podSandboxId)
      const isHost = found.config.linux?.securityContext?.namespaceOptions?.network === 'NODE'
      return {
        status: { ...shownBox(found), network: { ip: isHost ? '' : found.ip, additionalIps: [] } },
        info: {},
        containersStatuses: [],
        timestamp: 0,
      }
    },
    listPodSandbox: ({ filter }) => ({
      items: [...boxes.values()].filter(({ config }) => matches(config.labels, filter?.labelSelector)).map(shownBox),
    }),
    createContainer: ({ podSandboxId, config }: { podSandboxId: string; config: Input<ContainerConfig> }) => {
      if (!box(podSandboxId).ready) throw new GrpcError(GrpcStatus.unknown, 'the sandbox is not ready')
      const { name, attempt = 0 } = config.metadata ?? {}
      const isTaken = inBox(podSandboxId).some(
        (other) => other.config.metadata?.name === name && (other.config.metadata?.attempt ?? 0) === attempt,
      )
      if (isTaken) throw new GrpcError(GrpcStatus.unknown, `failed to reserve container name ${name}_${attempt}`)
      const id = nextId()
      containers.set(id, {
        id,
        sandboxId: podSandboxId,
        config,
        createdAt: clock.now(),
        state: 'CONTAINER_CREATED',
        startedAt: 0,
        finishedAt: 0,
        exitCode: 0,
        reason: '',
        cancelEnd: undefined,
      })
      return { containerId: id }
    },
    startContainer: ({ containerId }) => {
      const container = kept(containerId)
      Object.assign(container, { state: 'CONTAINER_RUNNING', startedAt: clock.now() })
      const { endsAfterMs, exitCode = 0, reason } = behave(container.config)
      if (endsAfterMs !== undefined) {
        container.cancelEnd = clock.after(endsAfterMs, () =>
          end(container, exitCode, reason ?? (exitCode === 0 ? 'Completed' : 'Error')),
        )
      }
      return {}
    },
    stopContainer: async ({ containerId, timeout = 0 }: { containerId: string; timeout?: number }) => {
      const container = kept(containerId)
      if (container.state !== 'CONTAINER_RUNNING') return {}
      const { stopsAfterMs = 0 } = behave(container.config)
      const isKilled = stopsAfterMs > timeout * 1000
      const waitMs = Math.min(stopsAfterMs, timeout * 1000)
      if (waitMs > 0) await clock.sleep(waitMs)
      end(container, isKilled ? 137 : 0, isKilled ? 'Error' : 'Completed')
      return {}
    },
    removeContainer: ({ containerId }) => {
      const found = containers.get(containerId)
      if (found !== undefined) end(found, 137, 'Error')
      containers.delete(containerId)
      return {}
    },
    listContainers: ({ filter }) => ({
      containers: [...containers.values()]
        .filter(({ config }) => matches(config.labels, filter?.labelSelector))
        .map(shown),
    }),
    containerStatus: ({ containerId }) => ({ status: status(kept(containerId)), info: {} }),
    updateContainerResources: ({ containerId }) => (kept(containerId), {}),
    reopenContainerLog: () => ({}),
    execSync: ({ containerId, cmd }) => {
      const { exitCode, output = '' } = exec(kept(containerId).config.metadata?.name ?? '', cmd)
      return { exitCode, stdout: Buffer.from(output), stderr: Buffer.alloc(0) }
    },
    listContainerStats: () => ({ stats: [] }),
    listImages: () => ({
      images: [...images].map((name) => ({
        id: name,
        repoTags: [name],
        repoDigests: [],
        size: 1000,
        username: '',
        pinned: false,
      })),
    }),
    imageStatus: ({ image }) => ({
      image: images.has(image?.image)
        ? { id: image.image, repoTags: [image.image], repoDigests: [], size: 1000, username: '', pinned: false }
        : undefined,
      info: {},
    }),
    pullImage: ({ image }) => {
      images.add(image.image)
      return { imageRef: image.image }
    },
  }

  const call =
    (name: string) =>
    async (request: object): Promise<unknown> => {
      calls.push(name)
      if (delayMs > 0) await clock.sleep(delayMs)
      options.before?.(name, request)
      const answer = answers[name as keyof Runtime]
      if (answer === undefined) throw new GrpcError(GrpcStatus.unimplemented, `${name} is not simulated`)
      return await answer(request)
    }

  const runtime = new Proxy({} as Runtime, { get: (_, name: string) => (name === 'events' ? events : call(name)) })

  async function* events(signal: AbortSignal): AsyncIterable<string> {
    const queue: string[] = []
    let wake = (): void => {}
    const listener = (id: string): void => {
      queue.push(id)
      wake()
    }
    listeners.add(listener)
    signal.addEventListener('abort', () => wake(), { once: true })
    try {
      while (!signal.aborted) {
        while (queue.length > 0) yield queue.shift()!
        await new Promise<void>((resolve) => {
          wake = resolve
          if (queue.length > 0 || signal.aborted) resolve()
        })
      }
    } finally {
      listeners.delete(listener)
    }
  }

  return Object.assign(Object.create(runtime) as Runtime, {
    calls,
    end(containerName: string, exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error') {
      const found = [...containers.values()].findLast(
        ({ config, state }) => config.metadata?.name === containerName && state === 'CONTAINER_RUNNING',
      )
      if (found === undefined) throw new Error(`no container ${containerName} runs`)
      end(found, exitCode, reason)
    },
    endSandbox(podName: string) {
      for (const sandbox of boxes.values()) {
        if (sandbox.config.metadata?.name !== podName) continue
        killBox(sandbox)
        tell(sandbox.id)
      }
    },
    running: () =>
      [...containers.values()]
        .filter(({ state }) => state === 'CONTAINER_RUNNING')
        .map(({ config }) => config.metadata?.name ?? ''),
  })
}
