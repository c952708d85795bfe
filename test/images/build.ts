import { createHash } from 'node:crypto'
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf, type LayerFile, writeArchive, writeTar } from './archive.ts'
import { cacheFolder } from './cache.ts'
import { type DebianPackage, resolvePackages, unpackPackages } from './debian.ts'
import type { FileSource, Image, Layer } from './image.ts'
import { run } from './run.ts'

/** Raise it when the same description gives another image than before. */
const FORMAT = 2

/**
 * Builds an image and returns the path of its archive, which `wherry image import` loads under the image's names.
 * What was built before from the same packages and files is found again, and nothing is done.
 */
export async function buildImage(
  image: Image,
  { cache = cacheFolder('images') }: { cache?: string } = {},
): Promise<string> {
  const layers: LayerFile[] = []
  for (const layer of image.layers) layers.push(await buildLayer(layer, cache))
  const key = shortHash({ FORMAT, names: image.names, config: image.config, layers: layers.map((l) => l.sha256) })
  const folder = join(cache, 'archives')
  const name = (image.names[0] ?? 'image').replaceAll(/[^\w.-]+/g, '_')
  const file = `${name}-${key}.tar`
  if (!(await exists(join(folder, file)))) {
    await writeArchive(join(folder, file), { ...image, layers })
    const older = (await readdir(folder)).filter((other) => isArchiveOf(name, other) && other !== file)
    for (const other of older) await rm(join(folder, other))
  }
  return join(folder, file)
}

function isArchiveOf(name: string, file: string): boolean {
  return file.startsWith(`${name}-`) && /^[0-9a-f]{16}\.tar$/.test(file.slice(name.length + 1))
}

async function buildLayer(layer: Layer, cache: string): Promise<LayerFile> {
  const packages =
    layer.packages === undefined
      ? []
      : await resolveOnce(layer.packages, { cache, ...(layer.without && { without: layer.without }) })
  const files = await Promise.all(
    Object.entries(layer.files ?? {}).map(async ([path, source]) => [path, await fingerprint(source)]),
  )
  const { applets, folders, links } = layer
  const key = shortHash({ FORMAT, packages: packages.map(({ file }) => file), files, applets, folders, links })
  const path = join(cache, 'layers', `${key}.tar`)
  const record = `${path}.json`
  if ((await exists(record)) && (await exists(path))) return JSON.parse(await readFile(record, 'utf8')) as LayerFile

  await mkdir(dirname(path), { recursive: true })
  const work = await mkdtemp(`${path}.`)
  try {
    await chmod(work, 0o755)
    const root = join(work, 'root')
    await mkdir(root)
    await fillRoot(root, layer, packages, cache)
    const { sha256, size } = await writeTar(root, join(work, 'layer.tar'))
    await rename(join(work, 'layer.tar'), path)
    const built: LayerFile = { path, sha256, size }
    await writeFile(join(work, 'record'), JSON.stringify(built))
    await rename(join(work, 'record'), record)
    return built
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function fillRoot(root: string, layer: Layer, packages: readonly DebianPackage[], cache: string): Promise<void> {
  if (packages.length > 0) await unpackRoot(root, packages, cache)
  if (layer.applets) await linkApplets(root)
  for (const [path, mode] of Object.entries(layer.folders ?? {})) {
    await mkdir(join(root, path), { recursive: true })
    await chmod(join(root, path), mode)
  }
  for (const [path, source] of Object.entries(layer.files ?? {})) await putFile(join(root, path), source)
  for (const [path, target] of Object.entries(layer.links ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await rm(join(root, path), { force: true })
    await symlink(target, join(root, path))
  }
}

/** A Debian system's skeleton with the packages in it, less what no container reads. */
async function unpackRoot(root: string, packages: readonly DebianPackage[], cache: string): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', folder), { recursive: true })
    await symlink(`usr/${folder}`, join(root, folder))
  }
  for (const folder of ['dev', 'etc', 'proc', 'root', 'run', 'sys', 'tmp', 'var/log', 'var/tmp']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  await symlink('/run', join(root, 'var', 'run'))
  await unpackPackages(packages, root, cache)
  for (const folder of ['tmp', 'var/tmp']) await chmod(join(root, folder), 0o1777)
  for (const waste of ['doc', 'info', 'lintian', 'locale', 'man', 'bug']) {
    await rm(join(root, 'usr', 'share', waste), { recursive: true, force: true })
  }
  await writeFile(join(root, 'etc', 'passwd'), PASSWD)
  await writeFile(join(root, 'etc', 'group'), GROUP)
  await writeFile(join(root, 'etc', 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
}

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
mysql:x:103:103:mysql:/nonexistent:/bin/false
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`

const GROUP = `root:x:0:
daemon:x:1:
tty:x:5:
www-data:x:33:
mysql:x:103:
nogroup:x:65534:
`

async function linkApplets(root: string): Promise<void> {
  const applets = (await run(join(root, 'bin', 'busybox'), ['--list'])).split('\n').filter((name) => name !== '')
  for (const applet of applets) {
    const folders = ['bin', 'sbin', 'usr/local/bin']
    const taken = await Promise.all(folders.map((folder) => exists(join(root, folder, applet))))
    if (!taken.includes(true)) await symlink('busybox', join(root, 'bin', applet))
  }
}

async function putFile(path: string, source: FileSource): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { force: true })
  if (typeof source === 'string') return putFile(path, { text: source })
  if ('from' in source) await copyFile(source.from, path)
  else await writeFile(path, source.text)
  if (source.mode !== undefined || 'text' in source) await chmod(path, source.mode ?? 0o644)
}

async function fingerprint(source: FileSource): Promise<unknown> {
  return typeof source === 'object' && 'from' in source
    ? { mode: source.mode, sha256: await digestOnce(source.from) }
    : source
}

const digests = new Map<string, Promise<string>>()

function digestOnce(file: string): Promise<string> {
  const digest = digests.get(file) ?? digestOf(file).then(({ sha256 }) => sha256)
  digests.set(file, digest)
  return digest
}

const resolved = new Map<string, Promise<DebianPackage[]>>()

function resolveOnce(names: readonly string[], options: { without?: readonly string[]; cache: string }) {
  const key = JSON.stringify([names, options])
  const answer = resolved.get(key) ?? resolvePackages(names, options)
  resolved.set(key, answer)
  return answer
}

function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
