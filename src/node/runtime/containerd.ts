import { execFile, spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { criClient } from './cri-client.ts'
import { containerdConfig } from './containerd-config.ts'
import { pauseImageArchive, pauseImageName } from './pause-image.ts'
import type { Runtime } from './runtime.ts'

const run = promisify(execFile)

export interface ContainerdOptions {
  /** Everything of this containerd lies below `DIR/containerd`. */
  readonly dataDir: string
  readonly cniBinDir: string
  readonly cniConfDir: string
  readonly clock: Clock
  readonly log: Logger
  /** Ends the supervision, not containerd: containers outlive the agent. */
  readonly signal: AbortSignal
  /** Takes a new containerd, by its process id, out of what would end with the agent. */
  readonly outlive?: (pid: number) => void
}

/** Our own containerd: it is started when it is not there, and again when it dies. */
export interface Containerd {
  readonly socketPath: string
  readonly runtime: Runtime & { close(): void }
  /** Whether a container's writable layer is a copy of its whole image: its size says nothing of what was written. */
  readonly copiesImages: boolean
  /** Loads an OCI or Docker archive under the names that it carries; returns them. */
  importImages(file: string): Promise<string[]>
  /** Makes the content of an image visible, read-only, at `target`; `release` undoes it. */
  mountImage(image: string, target: string): Promise<void>
  unmountImage(target: string): Promise<void>
  /** The process id, while it runs. */
  pid(): number | undefined
}

/** Starts containerd, or takes over the one that a former agent left running, and supervises it. */
export async function startContainerd(options: ContainerdOptions): Promise<Containerd> {
  const { dataDir, clock, log, signal } = options
  const dir = join(dataDir, 'containerd')
  const files = {
    config: join(dir, 'config.toml'),
    socket: join(dir, 'containerd.sock'),
    pid: join(dir, 'containerd.pid'),
    log: join(dir, 'containerd.log'),
  }
  // The kernel's limit for a socket's name is 108 bytes with the closing zero; containerd adds `.ttrpc`.
  if (Buffer.byteLength(files.socket) > 100) {
    throw new WherryError('invalid', `The data directory's name is too long: ${dataDir}`, {
      hint: 'Choose one of at most 75 characters: it holds a Unix socket.',
    })
  }
  await mkdir(dir, { recursive: true, mode: 0o711 })
  const facts = await machineFacts(dataDir)
  const config = containerdConfig({ ...options, dir, socket: files.socket, ...facts })
  await writeFile(files.config, config)
  const runtime = criClient(files.socket)
  const ctr = (...args: string[]): Promise<{ stdout: string }> =>
    run('ctr', ['--address', files.socket, '--namespace', 'k8s.io', ...args], { maxBuffer: 16 << 20 })

  let pid = await runningPid(files.pid, files.config)
  const start = async (): Promise<void> => {
    if (pid === undefined) {
      pid = await spawnDetached(files, clock, signal)
      options.outlive?.(pid)
    }
    await answering(runtime, () => alive(pid), clock, signal, files.log)
  }
  await start()
  await importPauseImage(runtime, dir, ctr)
  void supervise()

  async function supervise(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(500, signal).catch(() => {})
      if (signal.aborted || alive(pid)) continue
      log.warn('containerd ended, starting it again', { pid })
      pid = undefined
      await start().catch((error: unknown) => log.error('containerd does not start', { error }))
    }
  }

  return {
    socketPath: files.socket,
    runtime,
    copiesImages: facts.snapshotter === 'native',
    pid: () => (alive(pid) ? pid : undefined),
    importImages: async (file) => {
      const { stdout } = await ctr('images', 'import', '--no-unpack=false', file)
      return [...stdout.matchAll(/^unpacking (\S+)/gm)].map((match) => match[1]!)
    },
    mountImage: async (image, target) => {
      await ctr('images', 'mount', '--snapshotter', facts.snapshotter, image, target)
    },
    unmountImage: async (target) => {
      await ctr('images', 'unmount', '--rm', target)
    },
  }
}

/** What the configuration depends on beside the options. */
async function machineFacts(
  dataDir: string,
): Promise<{ snapshotter: string; apparmor: boolean; mayLowerOomScore: boolean }> {
  const overlayMagic = 0x794c7630
  const { type } = await statfs(dataDir)
  const status = await readFile('/proc/self/status', 'utf8')
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  const apparmor = await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N')
  const CAP_SYS_RESOURCE = 24n
  return {
    // An overlay cannot lie on an overlay, as in a container whose data directory is not a volume.
    snapshotter: type === overlayMagic ? 'native' : 'overlayfs',
    apparmor: apparmor.startsWith('Y'),
    mayLowerOomScore: ((capabilities >> CAP_SYS_RESOURCE) & 1n) === 1n,
  }
}

function alive(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The containerd that a former agent started, if the process of that number is still it. */
async function runningPid(pidFile: string, configFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  if (!(pid > 0)) return undefined
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return commandLine.split('\0').includes(configFile) ? pid : undefined
}

async function spawnDetached(
  files: { config: string; socket: string; pid: string; log: string },
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  // A socket that nobody listens on would only delay the first call.
  await rm(files.socket, { force: true })
  const logFd = openSync(files.log, 'a')
  try {
    // A session of its own: neither a signal to the agent's group nor the agent's end reaches it.
    const child = spawn('containerd', ['--config', files.config], { detached: true, stdio: ['ignore', logFd, logFd] })
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    failed.catch(() => {})
    child.unref()
    if (child.pid === undefined) {
      await Promise.race([failed, clock.sleep(1000, signal)])
      throw new WherryError('unavailable', 'containerd could not be started')
    }
    await writeFile(files.pid, String(child.pid))
    return child.pid
  } catch (cause) {
    throw new WherryError('unavailable', 'containerd could not be started', {
      hint: 'Is the package `containerd` installed?',
      cause,
    })
  } finally {
    closeSync(logFd)
  }
}

/** Waits until CRI answers. */
async function answering(
  runtime: Runtime,
  isAlive: () => boolean,
  clock: Clock,
  signal: AbortSignal,
  logFile: string,
): Promise<void> {
  const deadline = clock.now() + 60_000
  for (;;) {
    try {
      await runtime.version({ version: 'v1' }, { deadlineMs: 5000, signal })
      return
    } catch (cause) {
      signal.throwIfAborted()
      if (!isAlive() || clock.now() > deadline) {
        throw new WherryError('unavailable', 'containerd does not answer', {
          hint: `It says why in ${logFile}.`,
          cause,
        })
      }
    }
    await clock.sleep(10, signal)
  }
}

async function importPauseImage(
  runtime: Runtime,
  dir: string,
  ctr: (...args: string[]) => Promise<unknown>,
): Promise<void> {
  const { image } = await runtime.imageStatus({ image: { image: pauseImageName } })
  if (image !== undefined) return
  const archive = join(dir, 'pause.tar')
  await writeFile(archive, pauseImageArchive())
  await ctr('images', 'import', archive)
  await rm(archive)
}
