import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WherryError } from '../../src/lib/errors.ts'
import { run } from './run.ts'

/** One Debian package file, as apt would fetch it. */
export interface DebianPackage {
  readonly name: string
  readonly version: string
  /** The file's name, which holds name, version and architecture: it identifies the content. */
  readonly file: string
}

/**
 * What only the scripts of a package's installation need. No such script runs here, so these would only
 * make images larger. A layer that asks for one by name still gets it.
 */
const INSTALL_TIME_ONLY = [
  'adduser', 'debconf', 'debianutils', 'dpkg', 'init-system-helpers', 'install-info', 'libperl*', 'libdb5.3',
  'libgdbm*', 'libfile-find-rule-perl', 'libnumber-compare-perl', 'libtext-glob-perl', 'lsb-base', 'perl',
  'perl-base', 'perl-modules*', 'sensible-utils', 'sysvinit-utils', 'tar', 'ucf', 'usr-is-merged', 'usrmerge',
] // prettier-ignore

/**
 * Names the packages that `names` need to run on an otherwise empty system, themselves included.
 * `without` leaves some out, with `*` for any letters.
 */
export async function resolvePackages(
  names: readonly string[],
  { without = [], cache }: { without?: readonly string[]; cache: string },
): Promise<DebianPackage[]> {
  const unwanted = [...INSTALL_TIME_ONLY, ...without].map(globToRegExp)
  const packages = parsePackages(await askApt(names, cache))
  return packages.filter(({ name }) => names.includes(name) || !unwanted.some((glob) => glob.test(name)))
}

/** What apt would fetch to install these; apt takes a second to say so, so its answer is kept until its lists change. */
async function askApt(names: readonly string[], cache: string): Promise<string> {
  const lists = await stat('/var/lib/apt/lists').then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  const key = createHash('sha256')
    .update(JSON.stringify([lists, names]))
    .digest('hex')
    .slice(0, 16)
  const file = join(cache, 'resolved', key)
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return kept

  const args = [...(await aptArguments(cache)), '--print-uris', '--yes', 'install', 'usr-is-merged', ...names]
  const answer = await run('apt-get', args).catch(async (cause: unknown) => {
    // A fresh machine has no package lists yet.
    if (process.getuid?.() !== 0) throw aptFailed(names, cause)
    await run('apt-get', ['update'])
    return run('apt-get', args).catch((again: unknown) => {
      throw aptFailed(names, again)
    })
  })
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, answer)
  return answer
}

/** Reads the lines of `apt-get --print-uris`: `'URL' FILE SIZE HASH`. */
export function parsePackages(output: string): DebianPackage[] {
  return output
    .split('\n')
    .map((line) => /^'[^']+' (\S+) \d+/.exec(line)?.[1])
    .filter((file) => file !== undefined)
    .map((file) => {
      const [name = '', version = ''] = file.split('_')
      return { name, version: decodeURIComponent(version), file }
    })
}

/** Unpacks packages into the folder `root`; none of their scripts run, so alternatives and users are not set up. */
export async function unpackPackages(packages: readonly DebianPackage[], root: string, cache: string): Promise<void> {
  const archives = join(cache, 'packages')
  await mkdir(archives, { recursive: true })
  const have = new Set(await readdir(archives))
  const missing = packages.filter(({ file }) => !have.has(file))
  if (missing.length > 0) {
    // In a folder of its own first: another process must not find half a package.
    const incoming = await mkdtemp(join(archives, '.incoming-'))
    try {
      await run('apt-get', ['download', ...missing.map(({ name, version }) => `${name}=${version}`)], { cwd: incoming })
      for (const { file } of missing) await rename(join(incoming, file), join(archives, file))
    } finally {
      await rm(incoming, { recursive: true, force: true })
    }
  }
  for (const { file } of packages) {
    const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar --extract --keep-directory-symlink --directory "$2"'
    await run('bash', ['-o', 'pipefail', '-c', unpack, 'unpack', join(archives, file), root])
  }
}

/** Makes apt look at its own package lists, but at a system on which nothing is installed. */
async function aptArguments(cache: string): Promise<string[]> {
  await access('/usr/bin/apt-get').catch((cause: unknown) => {
    throw new WherryError('unavailable', 'Test images are made of Debian packages, and apt-get is not here.', {
      hint: 'Build them on Debian or Ubuntu and load the archives elsewhere with `wherry image import`.',
      cause,
    })
  })
  const empty = join(cache, 'empty')
  await mkdir(join(empty, 'archives', 'partial'), { recursive: true })
  return [
    ['Dir::State::status', '/dev/null'],
    ['Dir::State::extended_states', join(empty, 'extended_states')],
    ['Dir::Cache::archives', join(empty, 'archives')],
    ['Debug::NoLocking', 'true'],
    ['APT::Install-Recommends', 'false'],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`])
}

function aptFailed(names: readonly string[], cause: unknown): WherryError {
  return new WherryError('unavailable', `apt-get cannot say what ${names.join(', ')} need.`, {
    hint: 'Fetch the package lists with `sudo apt-get update`.',
    cause,
  })
}

function globToRegExp(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`)
}
