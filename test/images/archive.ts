import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { dirname, join } from 'node:path'
import type { ImageConfig } from './image.ts'
import { run } from './run.ts'

/** A layer's tar on disk. It is not compressed, so its digest is also its diff id. */
export interface LayerFile {
  readonly path: string
  readonly sha256: string
  readonly size: number
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/**
 * Writes an image as one tar which is an OCI image layout and a `docker save` archive at once, so that
 * `ctr image import`, skopeo, podman and Docker all read it.
 */
export async function writeArchive(
  file: string,
  image: { names: readonly string[]; config?: ImageConfig; layers: readonly LayerFile[] },
): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const work = await mkdtemp(`${file}.`)
  const layout = join(work, 'layout')
  const blobs = join(layout, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  try {
    for (const layer of new Map(image.layers.map((layer) => [layer.sha256, layer])).values()) {
      await link(layer.path, join(blobs, layer.sha256))
    }
    for (const [name, content] of Object.entries(layoutFiles(image))) await writeFile(join(layout, name), content)
    await writeTar(layout, join(work, 'archive.tar'))
    await rename(join(work, 'archive.tar'), file)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Pure: every file of the layout except the layers, by its path. */
export function layoutFiles(image: {
  names: readonly string[]
  config?: ImageConfig
  layers: readonly LayerFile[]
}): Record<string, string> {
  const files: Record<string, string> = {}
  const blob = (mediaType: string, value: unknown): Descriptor => {
    const text = JSON.stringify(value)
    const sha256 = createHash('sha256').update(text).digest('hex')
    files[`blobs/sha256/${sha256}`] = text
    return { mediaType, digest: `sha256:${sha256}`, size: Buffer.byteLength(text) }
  }
  const config = blob('application/vnd.oci.image.config.v1+json', imageConfig(image.config ?? {}, image.layers))
  const manifest = blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: image.layers.map(({ sha256, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      digest: `sha256:${sha256}`,
      size,
    })),
  })
  files['oci-layout'] = JSON.stringify({ imageLayoutVersion: '1.0.0' })
  files['index.json'] = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: image.names.map((name) => ({
      ...manifest,
      platform: { os: 'linux', architecture: architecture() },
      annotations: {
        'io.containerd.image.name': name,
        'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
      },
    })),
  })
  files['manifest.json'] = JSON.stringify([
    {
      Config: `blobs/sha256/${hex(config.digest)}`,
      RepoTags: image.names,
      Layers: image.layers.map(({ sha256 }) => `blobs/sha256/${sha256}`),
    },
  ])
  return files
}

/** Packs a folder so that the same content gives the same bytes: sorted, owned by root, dated 1970. */
export async function writeTar(folder: string, file: string): Promise<LayerFile> {
  await run('tar', [
    '--create',
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--format=pax',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    `--file=${file}`,
    `--directory=${folder}`,
    // By name rather than as `.`, since some readers look for `index.json` and not for `./index.json`.
    ...(await readdir(folder)).toSorted(),
  ])
  return { path: file, ...(await digestOf(file)) }
}

/** The SHA-256 of a file in hexadecimal, and its size. */
export async function digestOf(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer)
    size += (chunk as Buffer).length
  }
  return { sha256: hash.digest('hex'), size }
}

function imageConfig(config: ImageConfig, layers: readonly LayerFile[]): unknown {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...config.env }
  return {
    created: '1970-01-01T00:00:00Z',
    architecture: architecture(),
    os: 'linux',
    config: {
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...(config.entrypoint && { Entrypoint: config.entrypoint }),
      ...(config.command && { Cmd: config.command }),
      ...(config.user && { User: config.user }),
      ...(config.workingDir && { WorkingDir: config.workingDir }),
      ...(config.ports && { ExposedPorts: Object.fromEntries(config.ports.map((port) => [port, {}])) }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
  }
}

/** The processor's name as images spell it. */
function architecture(): string {
  return arch() === 'x64' ? 'amd64' : arch()
}

function hex(digest: string): string {
  return digest.slice('sha256:'.length)
}
