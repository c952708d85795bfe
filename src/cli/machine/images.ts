import { appendFileSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import { containerdSocket, type Layout, type NodeRecord } from './cluster-file.ts'
import { execute } from './execute.ts'

const OVERLAY_MAGIC = 0x794c7630

/** The names that an OCI or Docker archive carries; throws when it is neither, or carries none. */
export async function readArchiveNames(file: string): Promise<readonly string[]> {
  const member = async (name: string): Promise<unknown> => {
    const { code, stdout } = await execute('tar', ['-xOf', file, name, `./${name}`].slice(0, 3))
    if (code !== 0) return undefined
    try {
      return JSON.parse(stdout) as unknown
    } catch {
      return undefined
    }
  }
  const names = new Set<string>()
  const index = (await member('index.json')) as { manifests?: { annotations?: Record<string, string> }[] } | undefined
  for (const { annotations } of index?.manifests ?? []) {
    const full = annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name']
    if (full !== undefined) names.add(full)
  }
  const manifest = (await member('manifest.json')) as { RepoTags?: string[] | null }[] | undefined
  if (names.size === 0 && Array.isArray(manifest))
    for (const { RepoTags } of manifest) for (const tag of RepoTags ?? []) names.add(tag)
  if (names.size > 0) return [...names]
  throw index === undefined && manifest === undefined
    ? new WherryError('invalid', `${file} is no image archive: it has neither index.json nor manifest.json.`, {
        hint: 'Make one with `docker save NAME -o FILE`, `podman save`, or `buildah push NAME oci-archive:FILE:NAME`.',
      })
    : new WherryError('invalid', `${file} carries an image without a name.`, {
        hint: 'Save it by its name and tag, as in `docker save app:1 -o app.tar`.',
      })
}

/** Loads an archive into one node's runtime, which keeps its images: no registry could bring them back. */
export async function importImage(
  layout: Layout,
  node: NodeRecord,
  { file, names, signal }: { readonly file: string; readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<void> {
  // Noted first: an image that came without its note could be collected.
  noteImported(layout, node, names)
  const socket = containerdSocket(layout, node.name)
  // The agent chooses the same way: an overlay cannot lie on an overlay.
  const snapshotter = statfsSync(layout.node(node.name)).type === OVERLAY_MAGIC ? 'native' : 'overlayfs'
  const { code, stderr } = await execute(
    'ctr',
    ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', '--snapshotter', snapshotter, file],
    { signal },
  )
  if (code === 0) return
  throw new WherryError(
    'unavailable',
    `${node.name} could not load ${file}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    {
      hint:
        stderr.includes('connection') || stderr.includes('dial') ? 'Is the node up? See `wherry status`.' : undefined,
    },
  )
}

/** Notes images that the runtime is to keep. */
export function noteImported(layout: Layout, node: NodeRecord, names: readonly string[]): void {
  const known = new Set(importedImages(layout, node))
  const lines = names.filter((name) => !known.has(name) && !/\s/.test(name)).map((name) => `${name}\n`)
  appendFileSync(importsOf(layout, node), lines.join(''))
}

/** The names of all images that were ever loaded into a node from files. */
export function importedImages(layout: Layout, node: NodeRecord): readonly string[] {
  try {
    return readFileSync(importsOf(layout, node), 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}

function importsOf(layout: Layout, { name }: NodeRecord): string {
  return join(layout.node(name), 'imported-images')
}
