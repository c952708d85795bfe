import { createHash } from 'node:crypto'

export interface OciImage {
  /** As in `example.com/app:1`. */
  readonly name: string
  /** As in `amd64`. */
  readonly architecture: string
  /** The one layer: a plain tar archive. */
  readonly layer: Buffer
  /** What the image says of its process: `Entrypoint`, `Cmd`, `Env`, `User`, `WorkingDir`. */
  readonly config: Readonly<Record<string, unknown>>
}

/** An OCI archive of an image, as runtimes import it. */
export function ociArchive({ name, architecture, layer, config: processConfig }: OciImage): Buffer {
  const config = json({
    architecture,
    os: 'linux',
    config: processConfig,
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  })
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.split(':').at(-1) },
        platform: { architecture, os: 'linux' },
      },
    ],
  })
  return tar([
    { path: 'oci-layout', mode: 0o644, data: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', mode: 0o644, data: index },
    ...[layer, config, manifest].map((data) => ({ path: `blobs/sha256/${digest(data).slice(7)}`, mode: 0o644, data })),
  ])
}

export interface TarFile {
  readonly path: string
  readonly mode: number
  readonly data: Buffer
}

/** A tar archive of files whose paths have at most 100 characters; the same files give the same bytes. */
export function tar(files: readonly TarFile[]): Buffer {
  const parts: Buffer[] = []
  for (const { path, mode, data } of files) {
    const header = Buffer.alloc(512)
    header.write(path, 0, 100)
    header.write(mode.toString(8).padStart(7, '0'), 100)
    header.write('0000000', 108)
    header.write('0000000', 116)
    header.write(data.length.toString(8).padStart(11, '0'), 124)
    header.write('00000000000', 136)
    header.write('        ', 148)
    header.write('0', 156)
    header.write('ustar\u000000', 257, 'latin1')
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148)
    parts.push(header, data, Buffer.alloc((512 - (data.length % 512)) % 512))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function digest(data: Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`
}

function descriptor(mediaType: string, data: Buffer): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: digest(data), size: data.length }
}
