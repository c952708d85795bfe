import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Container, EphemeralContainer, VolumeMount } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Host } from '../host/helper-shell.ts'
import { expand } from '../pods/expand.ts'
import type { Input } from '../runtime/codec.ts'
import type { Mount, MountPropagation } from '../runtime/cri/messages.ts'
import type { ReadyVolume } from './pod-volumes.ts'
import { bindSubPath, checkSubPath } from './sub-path.ts'

export interface MountSources {
  readonly host: Host
  readonly volume: (name: string) => ReadyVolume | undefined
  readonly env: ReadonlyMap<string, string>
  /** Where parts of volumes are bound to: `DIR/VOLUME/CONTAINER/INDEX`. */
  readonly subPathDir: string
}

/** The mounts of a container's volumes, in the order of its spec. */
export async function containerMounts(
  container: Container | EphemeralContainer,
  sources: MountSources,
): Promise<Input<Mount>[]> {
  const mounts: Input<Mount>[] = []
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const volume = sources.volume(mount.name)
    if (volume === undefined) throw new WherryError('not-found', `volume "${mount.name}" is not mounted`)
    if (mount.recursiveReadOnly === 'Enabled') {
      throw new WherryError(
        'invalid',
        `volume mount "${mount.name}": recursive read-only mounts are not supported by the runtime`,
      )
    }
    mounts.push({
      containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
      hostPath: await source(container, mount, index, volume, sources),
      readonly: mount.readOnly === true || volume.readOnly,
      propagation: propagation(mount),
    })
  }
  return mounts
}

async function source(
  container: { readonly name: string },
  mount: VolumeMount,
  index: number,
  volume: ReadyVolume,
  { host, env, subPathDir }: MountSources,
): Promise<string> {
  const subPath = mount.subPathExpr ? expandAll(mount.subPathExpr, env) : (mount.subPath ?? '')
  if (subPath === '') return volume.path
  checkSubPath(subPath)
  if (volume.readOnly && !existsSync(join(volume.path, subPath))) {
    throw new WherryError(
      'not-found',
      `failed to prepare subPath for volumeMount "${mount.name}" of container "${container.name}": there is no ${subPath}`,
    )
  }
  const target = join(subPathDir, mount.name, container.name, String(index))
  // A container that is started again finds the file that is there now, not the one that was replaced since.
  if (existsSync(target)) await host.run('umount', target).catch(() => {})
  await bindSubPath(host, volume.path, subPath, target)
  return target
}

function expandAll(expression: string, env: ReadonlyMap<string, string>): string {
  const missing: string[] = []
  const text = expand(expression, (name) => {
    const value = env.get(name)
    if (value === undefined) missing.push(name)
    return value
  })
  if (missing.length > 0) throw new WherryError('invalid', `missing value for ${missing.join(', ')} in subPathExpr`)
  return text
}

function propagation({ mountPropagation }: VolumeMount): MountPropagation {
  if (mountPropagation === 'Bidirectional') return 'PROPAGATION_BIDIRECTIONAL'
  return mountPropagation === 'HostToContainer' ? 'PROPAGATION_HOST_TO_CONTAINER' : 'PROPAGATION_PRIVATE'
}
