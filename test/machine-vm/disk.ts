import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mustCall } from '../system/system-cluster.ts'

/** What a disk of ours consists of: all that is needed to boot it. */
export interface Disk {
  readonly image: string
  readonly kernel: string
  readonly initrd: string
  /** The key that opens `me` and `root`. */
  readonly key: string
}

/** A user without rights of their own, as on most machines; sudo gives them all. */
export const USER = 'me'

/** As little as a machine can have: systemd, a way in, git to bring the source, sudo. No Node, no npm, no iproute2. */
const PACKAGES = [
  'systemd-sysv',
  'systemd-resolved',
  'libpam-systemd',
  'dbus',
  'udev',
  'sudo',
  'git',
  'ca-certificates',
  'openssh-server',
  'linux-image-cloud-amd64',
]

/** Builds a disk with a fresh Debian 12 once, and finds it again later. Needs root. */
export async function freshDisk(folder: string): Promise<Disk> {
  const at = (name: string): string => join(folder, name)
  const disk: Disk = { image: at('fresh.img'), kernel: at('vmlinuz'), initrd: at('initrd'), key: at('key') }
  if (existsSync(disk.image)) return disk
  const root = at('root')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  try {
    await mustCall('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', disk.key])
    const apt = await clientSettings()
    writeFileSync(at('apt.conf'), apt)
    const include = `--include=${PACKAGES.join(',')}`
    await mustCall('mmdebstrap', ['--variant=minbase', `--aptopt=${at('apt.conf')}`, include, 'bookworm', root], {
      timeoutMs: 1_800_000,
    })
    await furnish(root, readFileSync(`${disk.key}.pub`, 'utf8'), apt)
    const boot = readdirSync(join(root, 'boot'))
    const bootFile = (start: string): string =>
      join(
        root,
        'boot',
        boot.find((name) => name.startsWith(start))!,
      )
    copyFileSync(bootFile('vmlinuz-'), disk.kernel)
    copyFileSync(bootFile('initrd.img-'), disk.initrd)
    await mustCall('mkfs.ext4', ['-q', '-d', root, at('next.img'), '12G'])
    await mustCall('mv', [at('next.img'), disk.image])
    return disk
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** How apt gets its files here, proxies and all: the guest has the same way out. */
async function clientSettings(): Promise<string> {
  return (await mustCall('apt-config', ['dump', 'Acquire']))
    .split('\n')
    .filter((line) => !line.endsWith(' "";'))
    .join('\n')
}

async function furnish(root: string, publicKey: string, apt: string): Promise<void> {
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const inside = (...command: readonly string[]): Promise<string> => mustCall('chroot', [root, ...command])
  write('etc/hostname', 'fresh\n')
  write('etc/hosts', '127.0.0.1 localhost\n127.0.1.1 fresh\n')
  write('etc/fstab', '/dev/vda / ext4 defaults 0 1\n')
  write('etc/systemd/network/20-any.network', '[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n')
  write('etc/apt/apt.conf.d/99as-outside', apt)
  write(`etc/sudoers.d/${USER}`, `${USER} ALL=(ALL) NOPASSWD: ALL\n`)
  await inside('systemctl', 'enable', 'systemd-networkd', 'systemd-resolved', 'ssh')
  await inside('ln', '-sf', '../run/systemd/resolve/stub-resolv.conf', '/etc/resolv.conf')
  await inside('useradd', '--create-home', '--shell', '/bin/bash', USER)
  for (const home of ['root', `home/${USER}`]) write(`${home}/.ssh/authorized_keys`, publicKey)
  await inside('chown', '-R', `${USER}:${USER}`, `/home/${USER}/.ssh`)
  // Where a proxy opens TLS, whoever sits behind it trusts its authority.
  const authorities = '/usr/local/share/ca-certificates'
  if (existsSync(authorities)) cpSync(authorities, join(root, authorities), { recursive: true })
  await inside('update-ca-certificates')
  write('root/.npmrc', 'cafile=/etc/ssl/certs/ca-certificates.crt\n')
}
