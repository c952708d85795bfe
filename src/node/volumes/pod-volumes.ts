import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { Secrets } from '../../api/core/secret.ts'
import type {
  EmptyDirVolumeSource,
  HostPathVolumeSource,
  Pod,
  ProjectedVolumeSource,
  Volume,
} from '../../api/core/v1.ts'
import { quantityValue } from '../../api/meta/quantity.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import type { FollowedObjects } from '../followed-objects.ts'
import type { Host } from '../host/helper-shell.ts'
import type { DownwardFacts } from '../pods/downward.ts'
import { podContainers } from '../pods/containers.ts'
import { podAmount } from '../pods/resources.ts'
import { writeAtomically } from './atomic-writer.ts'
import type { Ownership } from './atomic-writer.ts'
import { mountsBelow, unmountBelow } from './mount-table.ts'
import { isOutside } from './sub-path.ts'
import { configMapPayload, downwardPayload, fileModeDefault, secretPayload } from './payload.ts'
import type { Payload } from './payload.ts'
import type { PodTokens } from './tokens.ts'

/** Makes the content of images visible as directories. */
export interface ImageMounts {
  /** Brings the image to this node, as its policy says, and mounts it. */
  mount(pod: Pod, source: { readonly reference?: string; readonly pullPolicy?: string }, target: string): Promise<void>
  unmount(target: string): Promise<void>
}

export interface VolumesOptions {
  readonly host: Host
  readonly clock: Clock
  readonly objects: FollowedObjects
  readonly tokens: PodTokens
  readonly images: ImageMounts
  /** Volumes on disk lie in `DIR/UID/volumes`. */
  readonly podsDir: string
  /** A file system in memory: what must not reach the disk lies in `DIR/UID`. */
  readonly memoryDir: string
  /** What the downward API tells of a pod. */
  readonly facts: (pod: Pod) => DownwardFacts
  readonly memoryCapacity: number
}

/** A volume that is in place. */
export interface ReadyVolume {
  readonly path: string
  /** Nobody may write to it, whatever the mount says. */
  readonly readOnly: boolean
}

/** A volume that is not in place, and why. */
export interface VolumeProblem {
  readonly volume: string
  readonly message: string
}

/** The volumes of one pod. `sync` puts them in place, and brings them up to date when it is called again. */
export class PodVolumes {
  readonly #options: VolumesOptions
  readonly #uid: string
  #ready: ReadonlyMap<string, ReadyVolume> = new Map()

  constructor(options: VolumesOptions, uid: string) {
    this.#options = options
    this.#uid = uid
  }

  /** Returns what is not in place, and when a token in a volume has to be renewed. */
  async sync(pod: Pod): Promise<{ problems: VolumeProblem[]; refreshAt: number | undefined }> {
    if (needsMounts(pod)) {
      const dir = join(this.#options.podsDir, this.#uid)
      mkdirSync(dir, { recursive: true })
      writeFileSync(join(dir, mountsMark), '')
    }
    const ready = new Map<string, ReadyVolume>()
    const problems: VolumeProblem[] = []
    let refreshAt: number | undefined
    const seen = (at: number): void => {
      refreshAt = Math.min(refreshAt ?? at, at)
    }
    await Promise.all(
      (pod.spec.volumes ?? []).map(async (volume) => {
        try {
          ready.set(volume.name, await this.#place(pod, volume, seen))
        } catch (error) {
          const before = this.#ready.get(volume.name)
          // What a running pod has it keeps, when the ConfigMap or Secret behind it is gone.
          if (before !== undefined) ready.set(volume.name, before)
          problems.push({ volume: volume.name, message: error instanceof Error ? error.message : String(error) })
        }
      }),
    )
    this.#ready = ready
    return { problems, refreshAt }
  }

  get(name: string): ReadyVolume | undefined {
    return this.#ready.get(name)
  }

  /** The text of a file in a volume, for variables that come from files. */
  readFile(name: string, path: string): string | undefined {
    const volume = this.#ready.get(name)
    if (volume === undefined) return undefined
    const root = realpathSync(volume.path)
    const file = join(root, path)
    if (!existsSync(file) || isOutside(relative(root, realpathSync(file)))) return undefined
    return readFileSync(file, 'utf8')
  }

  async #place(pod: Pod, volume: Volume, renewAt: (at: number) => void): Promise<ReadyVolume> {
    const { configMap, secret, downwardAPI, projected, emptyDir, hostPath, image } = volume
    if (emptyDir !== undefined) return { path: await this.#emptyDir(pod, volume.name, emptyDir), readOnly: false }
    if (hostPath !== undefined) return { path: await checkedHostPath(hostPath), readOnly: false }
    if (image !== undefined) return { path: await this.#image(pod, volume.name, image), readOnly: true }
    const sources =
      configMap !== undefined
        ? { sources: [{ configMap }], defaultMode: configMap.defaultMode }
        : secret !== undefined
          ? { sources: [{ secret: { ...secret, name: secret.secretName } }], defaultMode: secret.defaultMode }
          : downwardAPI !== undefined
            ? { sources: [{ downwardAPI }], defaultMode: downwardAPI.defaultMode }
            : projected
    if (sources === undefined) throw unsupported(volume)
    const { payload, owner } = await this.#gather(pod, sources as ProjectedVolumeSource, renewAt)
    const path = join(this.#options.memoryDir, this.#uid, volume.name)
    writeAtomically(path, payload, owner, this.#options.clock.now())
    return { path, readOnly: true }
  }

  async #gather(
    pod: Pod,
    { sources, defaultMode }: ProjectedVolumeSource,
    renewAt: (at: number) => void,
  ): Promise<{ payload: Payload; owner: Ownership }> {
    const { objects, tokens, facts } = this.#options
    const namespace = pod.metadata.namespace ?? ''
    const mode = defaultMode ?? fileModeDefault
    const payload: Payload = new Map()
    const group = pod.spec.securityContext?.fsGroup
    const tokenUser = singleUser(pod)
    const parts = await Promise.all(
      (sources ?? []).map(
        async ({ configMap, secret, downwardAPI, serviceAccountToken, ...others }): Promise<Payload> => {
          if (configMap !== undefined) {
            const object = await objects.get(this.#uid, ConfigMaps, { namespace, name: configMap.name ?? '' })
            return configMapPayload(object, configMap, namespace, mode)
          }
          if (secret !== undefined) {
            const object = await objects.get(this.#uid, Secrets, { namespace, name: secret.name ?? '' })
            return secretPayload(object, secret, namespace, mode)
          }
          if (downwardAPI !== undefined) return downwardPayload(pod, downwardAPI.items ?? [], mode, facts(pod))
          if (serviceAccountToken !== undefined) {
            const { path, audience = '', expirationSeconds = 3600 } = serviceAccountToken
            const { token, refreshAt } = await tokens.get(pod, { audience, expirationSeconds })
            renewAt(refreshAt)
            // Whoever it is for can read it by owner or group; nobody else needs to.
            const tokenMode = group !== undefined || tokenUser !== undefined ? 0o600 : mode
            return new Map([[path, { data: Buffer.from(token), mode: tokenMode }]])
          }
          const [kind = 'nothing'] = Object.keys(others)
          throw new WherryError('invalid', `a projected volume of ${kind} is not supported by this node`)
        },
      ),
    )
    for (const part of parts) for (const [path, file] of part) payload.set(path, file)
    const hasToken = (sources ?? []).some(({ serviceAccountToken }) => serviceAccountToken !== undefined)
    return { payload, owner: { group, user: hasToken ? tokenUser : undefined } }
  }

  async #emptyDir(pod: Pod, name: string, { medium = '', sizeLimit }: EmptyDirVolumeSource): Promise<string> {
    const path = join(this.#options.podsDir, this.#uid, 'volumes', 'empty-dir', name)
    if (this.#ready.has(name) || existsSync(path)) return path
    const group = pod.spec.securityContext?.fsGroup
    const mode = group === undefined ? 0o777 : 0o2777
    if (medium === '') {
      mkdirSync(path, { recursive: true })
      if (group !== undefined) chownSync(path, 0, group)
      chmodSync(path, mode)
      return path
    }
    if (medium !== 'Memory')
      throw new WherryError('invalid', `an emptyDir of medium ${medium} is not supported by this node`)
    const sizes = [sizeLimit === undefined ? 0 : quantityValue(sizeLimit), podAmount(pod, 'limits', 'memory')]
    const size = Math.min(...sizes.filter((bytes) => bytes > 0), this.#options.memoryCapacity)
    const options = [`size=${size}`, `mode=${mode.toString(8)}`, ...(group === undefined ? [] : [`gid=${group}`])]
    const made = `${path}.new`
    mkdirSync(made, { recursive: true })
    if (mountsBelow(made).length === 0) {
      await this.#options.host.run('mount', '-t', 'tmpfs', '-o', options.join(','), 'tmpfs', made)
    }
    // The final name is there only once it is mounted, so that a crash between the two cannot be taken for success.
    mkdirSync(path)
    await this.#options.host.run('mount', '--move', made, path)
    rmSync(made, { recursive: true })
    return path
  }

  async #image(pod: Pod, name: string, source: NonNullable<Volume['image']>): Promise<string> {
    const path = join(this.#options.podsDir, this.#uid, 'volumes', 'image', name)
    if (this.#ready.has(name) || mountsBelow(path).includes(path)) return path
    mkdirSync(path, { recursive: true })
    await this.#options.images.mount(pod, source, path)
    return path
  }
}

/** Takes away all volumes of a pod, also of one that another agent set up. */
export async function removeVolumes(
  { host, images, podsDir, memoryDir }: Pick<VolumesOptions, 'host' | 'images' | 'podsDir' | 'memoryDir'>,
  uid: string,
): Promise<void> {
  const dir = join(podsDir, uid)
  // The kernel's list of mounts is long and slow to read: most pods have none.
  if (existsSync(join(dir, mountsMark))) {
    const imageDir = join(dir, 'volumes', 'image')
    for (const target of mountsBelow(imageDir)) await images.unmount(target).catch(() => {})
    const left = await unmountBelow(host, dir)
    // What is still mounted is somebody else's: to remove the directory would remove what is in it.
    if (left.length > 0) throw new WherryError('conflict', `still mounted: ${left.join(', ')}`)
  }
  await Promise.all([host.remove(dir), host.remove(join(memoryDir, uid))])
}

/** Stands in the directory of a pod below which something may be mounted. */
const mountsMark = 'has-mounts'

/** Whether anything is mounted below a pod's directory: by this agent, or by a container that may do so. */
function needsMounts(pod: Pod): boolean {
  const mounts = podContainers(pod).flatMap(({ spec }) => spec.volumeMounts ?? [])
  return (
    (pod.spec.volumes ?? []).some(({ emptyDir, image }) => image !== undefined || (emptyDir?.medium ?? '') !== '') ||
    mounts.some(
      ({ subPath, subPathExpr, mountPropagation }) =>
        Boolean(subPath || subPathExpr) || mountPropagation === 'Bidirectional',
    )
  )
}

/** The one user that all containers of a pod run as, if they name it. */
function singleUser({ spec }: Pod): number | undefined {
  const users = [...(spec.initContainers ?? []), ...spec.containers].map(
    ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
  )
  return users.every((user) => user === users[0]) ? users[0] : undefined
}

function unsupported(volume: Volume): WherryError {
  const { name: _, ...source } = volume
  const [kind = 'nothing'] = Object.keys(source)
  if (kind === 'persistentVolumeClaim' || kind === 'ephemeral') {
    return new WherryError('invalid', 'claims of persistent volumes are not supported by this node yet', {
      hint: 'Use a hostPath or an emptyDir volume.',
    })
  }
  return new WherryError('invalid', `volumes of type ${kind} are not supported by this node`)
}

async function checkedHostPath({ path, type = '' }: HostPathVolumeSource): Promise<string> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (type === 'DirectoryOrCreate' && stat === undefined) {
    await mkdir(path, { recursive: true })
    await chmod(path, 0o755)
    return path
  }
  if (type === 'FileOrCreate' && stat === undefined) {
    if (!existsSync(dirname(path)))
      throw new WherryError('invalid', `hostPath type check failed: ${dirname(path)} does not exist`)
    await writeFile(path, '', { mode: 0o644 })
    await chown(path, 0, 0)
    return path
  }
  const wanted: Record<string, readonly [what: string, holds: boolean]> = {
    DirectoryOrCreate: ['a directory', stat?.isDirectory() === true],
    Directory: ['a directory', stat?.isDirectory() === true],
    FileOrCreate: ['a file', stat?.isFile() === true],
    File: ['a file', stat?.isFile() === true],
    Socket: ['a socket file', stat?.isSocket() === true],
    CharDevice: ['a character device', stat?.isCharacterDevice() === true],
    BlockDevice: ['a block device', stat?.isBlockDevice() === true],
  }
  const check = wanted[type]
  if (check?.[1] === false) throw new WherryError('invalid', `hostPath type check failed: ${path} is not ${check[0]}`)
  return path
}
