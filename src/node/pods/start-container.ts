import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { Secrets } from '../../api/core/secret.ts'
import type { ConfigMap, EphemeralContainer, Pod, Secret } from '../../api/core/v1.ts'
import { isWherryError } from '../../lib/errors.ts'
import { ImageRefusal } from '../images/images.ts'
import type { LocalImage } from '../images/images.ts'
import type { Input } from '../runtime/codec.ts'
import type { Mount } from '../runtime/cri/messages.ts'
import { containerMounts } from '../volumes/container-mounts.ts'
import type { PodVolumes } from '../volumes/pod-volumes.ts'
import { containerField } from './containers.ts'
import type { PodContainer } from './containers.ts'
import { containerConfig, podLogDir, sandboxConfig } from './cri-config.ts'
import { containerEnv, envReferences } from './env.ts'
import { hostsFile } from './hostname.ts'
import { imageNews } from './image-news.ts'
import { containerNamed } from './observed.ts'
import type { Observed, ObservedContainer, ObservedSandbox } from './observed.ts'
import { terminationLog } from './observe.ts'
import type { Start } from './plan.ts'
import { servicesFor } from './service-env.ts'
import type { PodServices } from './services.ts'

/** Why a container did not start, in Kubernetes' words, and when to try again. */
export class StartFailure extends Error {
  readonly reason: string
  readonly retryAt: number | undefined

  constructor(reason: string, message: string, retryAt?: number, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
    this.retryAt = retryAt
  }
}

export interface StartInput {
  readonly pod: Pod
  readonly start: Start
  readonly sandbox: ObservedSandbox
  readonly observed: Observed
  readonly image: Promise<LocalImage>
  readonly volumes: PodVolumes
  /** Resolves when the volumes are in place, with what is not. */
  readonly volumesReady: Promise<readonly { readonly volume: string; readonly message: string }[]>
  readonly cgroupParent: string
  readonly signal: AbortSignal
}

/** Makes and starts one container; throws a StartFailure that says which step did not come off. */
export async function startContainer(services: PodServices, input: StartInput): Promise<ObservedContainer> {
  const { runtime, narrator, facts } = services
  const { pod, start, sandbox, signal } = input
  const { spec } = start.container
  const field = containerField(start.container)
  const uid = pod.metadata.uid
  if (start.replaces !== undefined) await runtime.removeContainer({ containerId: start.replaces })

  const [image, sources, problems] = await Promise.all([
    input.image,
    gatherSources(services, input),
    input.volumesReady,
  ])
  signal.throwIfAborted()
  const missing = problems.find(({ volume }) => (spec.volumeMounts ?? []).some(({ name }) => name === volume))
  if (missing !== undefined)
    throw new StartFailure('ContainerCreating', `volume "${missing.volume}": ${missing.message}`)

  const config = await inStep('CreateContainerConfigError', async () => {
    const env = containerEnv(pod, spec, { ...sources, ...services.downward(addresses(services, pod, sandbox)) })
    const volumeMounts = await containerMounts(spec, {
      host: services.host,
      volume: (name) => input.volumes.get(name),
      env,
      subPathDir: join(services.podsDir, uid, 'sub-paths'),
    })
    const mounts = [...volumeMounts, ...ownMounts(services, input, volumeMounts)]
    const targetName = (spec as EphemeralContainer).targetContainerName
    const targetId = targetName ? containerNamed(input.observed, targetName)?.id : undefined
    const { attempt, restartDelayMs } = start
    const parts = { attempt, restartDelayMs, imageId: image.id, imageUser: image.user, env, mounts, targetId }
    return containerConfig(pod, start.container, parts, facts)
  })
  signal.throwIfAborted()
  const containerId = await inStep('CreateContainerError', async () => {
    const sandboxCfg = sandboxConfig(pod, sandbox.attempt, input.cgroupParent, facts)
    return (await runtime.createContainer({ podSandboxId: sandbox.id, config, sandboxConfig: sandboxCfg })).containerId
  })
  services.owns(containerId, uid)
  narrator.say(pod, { verdict: 'progress', reason: 'Created', message: `Container created`, field, event: 'Normal' })
  await inStep('RunContainerError', () => runtime.startContainer({ containerId }))
  narrator.say(pod, { verdict: 'done', reason: 'Started', message: `Container started`, field, event: 'Normal' })
  // Its end, should it have come already, is told by the runtime's events.
  return {
    id: containerId,
    name: spec.name,
    sandboxId: sandbox.id,
    state: 'running',
    attempt: start.attempt,
    createdAt: services.clock.now(),
    startedAt: services.clock.now(),
    finishedAt: undefined,
    exitCode: 0,
    reason: '',
    message: '',
    image: image.name,
    imageId: image.ref,
    wantedImage: spec.image ?? '',
    restartDelayMs: start.restartDelayMs,
    resources: spec.resources,
    logPath: join(podLogDir(facts.logDir, pod), config.logPath ?? ''),
  }
}

/** Brings a container's image to the node; throws a StartFailure that says why it cannot. */
export async function ensureImage(
  { images, narrator }: PodServices,
  pod: Pod,
  container: PodContainer,
  signal: AbortSignal,
): Promise<LocalImage> {
  const { image = '', imagePullPolicy = 'IfNotPresent' } = container.spec
  const field = containerField(container)
  try {
    return await images.ensure(
      pod,
      image,
      imagePullPolicy,
      (news) => narrator.say(pod, imageNews(news, image, field)),
      signal,
    )
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    throw new StartFailure(error.reason, error.message, error.retryAt, error)
  }
}

/** What the container's variables come from; it is followed from now on, so that a missing object is noticed when it comes. */
async function gatherSources(services: PodServices, { pod, start, volumes }: StartInput) {
  const namespace = pod.metadata.namespace ?? ''
  const owner = pod.metadata.uid
  const configMaps = new Map<string, ConfigMap>()
  const secrets = new Map<string, Secret>()
  await Promise.all([
    services.servicesSynced(),
    ...envReferences(start.container.spec).map(async ({ kind, name }) => {
      if (kind === 'ConfigMap') {
        const found = await services.objects.get(owner, ConfigMaps, { namespace, name })
        if (found !== undefined) configMaps.set(name, found)
      } else {
        const found = await services.objects.get(owner, Secrets, { namespace, name })
        if (found !== undefined) secrets.set(name, found)
      }
    }),
  ])
  return {
    configMap: (name: string) => configMaps.get(name),
    secret: (name: string) => secrets.get(name),
    file: (volume: string, path: string) => volumes.readFile(volume, path),
    services: servicesFor(pod, services.services),
  }
}

/** Where the pod is reached. */
export function addresses(
  { hostIPs }: Pick<PodServices, 'hostIPs'>,
  pod: Pod,
  sandbox: ObservedSandbox | undefined,
): readonly string[] {
  return pod.spec.hostNetwork === true ? hostIPs : (sandbox?.ips ?? [])
}

/** The hosts file and the termination message, where the container has nothing of its own there. */
function ownMounts(
  services: PodServices,
  { pod, start, sandbox }: StartInput,
  taken: readonly Input<Mount>[],
): Input<Mount>[] {
  const { podsDir, facts } = services
  const { spec } = start.container
  const { uid } = pod.metadata
  const mounts: Input<Mount>[] = []
  const isTaken = (path: string): boolean => taken.some(({ containerPath }) => containerPath === path)
  if (!isTaken('/etc/hosts')) {
    const hostPath = join(podsDir, uid, 'etc-hosts')
    mkdirSync(dirname(hostPath), { recursive: true })
    writeFileSync(
      hostPath,
      hostsFile(
        pod,
        addresses(services, pod, sandbox),
        facts.dns.clusterDomain,
        pod.spec.hostNetwork === true ? services.nodeHosts() : '',
      ),
    )
    mounts.push({ containerPath: '/etc/hosts', hostPath })
  }
  const messagePath = spec.terminationMessagePath ?? ''
  if (messagePath !== '' && !isTaken(messagePath)) {
    const hostPath = terminationLog(podsDir, uid, spec.name, start.attempt)
    mkdirSync(dirname(hostPath), { recursive: true })
    writeFileSync(hostPath, '')
    // Whoever the container runs as may write to it.
    chmodSync(hostPath, 0o666)
    mounts.push({ containerPath: messagePath, hostPath })
  }
  return mounts
}

async function inStep<T>(reason: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    // A runtime that is away is no fault of the container.
    if (isWherryError(error, 'unavailable')) throw error
    throw new StartFailure(reason, error instanceof Error ? error.message : String(error), undefined, error)
  }
}
