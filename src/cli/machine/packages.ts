import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import { execute } from './execute.ts'

/** A distribution package that a node needs, and a file that is there when it is installed. */
interface Requirement {
  readonly package: string
  /** A program on the PATH, or an absolute path. */
  readonly file: string
}

const REQUIREMENTS: readonly Requirement[] = [
  { package: 'containerd', file: 'containerd' },
  { package: 'runc', file: 'runc' },
  { package: 'containernetworking-plugins', file: '/usr/lib/cni/bridge' },
  { package: 'nftables', file: 'nft' },
  { package: 'iproute2', file: 'ip' },
  { package: 'conntrack', file: 'conntrack' },
  { package: 'haproxy', file: 'haproxy' },
  { package: 'busybox-static', file: '/bin/busybox' },
  { package: 'procps', file: 'sysctl' },
]

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The whole path of a program, also in the folders that only root's PATH has; undefined when it is not installed. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  for (const folder of new Set([...path.split(delimiter).filter((part) => part !== ''), ...SYSTEM_PATH])) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      continue
    }
  }
  return undefined
}

/** The packages that are missing on this machine, by their Debian names. */
export function missingPackages(): readonly string[] {
  return REQUIREMENTS.filter(({ file }) =>
    file.startsWith('/') ? !existsSync(file) : findProgram(file) === undefined,
  ).map((requirement) => requirement.package)
}

/** Installs packages by apt; on another distribution it throws and names them. */
export async function installPackages(packages: readonly string[], detail: (text: string) => void): Promise<void> {
  if (packages.length === 0) return
  if (findProgram('apt-get') === undefined) {
    throw new WherryError('unavailable', `These packages are missing: ${packages.join(', ')} (Debian's names).`, {
      hint: 'Install them with the package manager of this distribution, then run `wherry up` again.',
    })
  }
  detail(packages.join(' '))
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
  const install = () => execute('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })
  // The lists may be fresh already; they are fetched only when that does not do.
  let result = await install()
  if (result.code !== 0) {
    await execute('apt-get', ['update', '-q'], { env })
    result = await install()
  }
  if (result.code !== 0) {
    throw new WherryError(
      'unavailable',
      `apt-get could not install ${packages.join(', ')}: ${result.stderr.trim().split('\n').slice(-3).join(' ')}`,
      {
        hint: `Try it by hand: apt-get install ${packages.join(' ')}`,
      },
    )
  }
}
