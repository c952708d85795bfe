import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { call, eventually, mustCall, type Outcome } from '../system/system-cluster.ts'
import { type Disk, USER } from './disk.ts'

export interface MachineOptions {
  readonly disk: Disk
  readonly folder: string
  readonly cpus: number
  readonly memoryMB: number
  readonly accelerator: 'kvm' | 'tcg'
}

/** A machine that runs, and is gone when it is disposed of. What it writes goes to a disk of its own over the fresh one. */
export interface Machine extends AsyncDisposable {
  /** The port on 127.0.0.1 that leads to the machine's port 80. */
  readonly httpPort: number
  /** Runs a shell command as a user without rights. */
  run(command: string, options?: { readonly input?: string; readonly timeoutMs?: number }): Promise<Outcome>
  /** As `run`; throws unless it ends well. */
  must(...call: Parameters<Machine['run']>): Promise<string>
  /** Copies files into the user's home. */
  put(...files: readonly string[]): Promise<void>
  restart(): Promise<void>
}

const SSH_PORT = 22_022
const HTTP_PORT = 22_080

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { disk, folder, cpus, memoryMB, accelerator } = options
  const overlay = join(folder, 'overlay.qcow2')
  const console = join(folder, 'console.log')
  rmSync(overlay, { force: true })
  await mustCall('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', disk.image, '-F', 'raw', overlay])
  const forward = [`tcp:127.0.0.1:${SSH_PORT}-:22`, `tcp:127.0.0.1:${HTTP_PORT}-:80`]
  const words = [
    ['-accel', accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi,tb-size=512'],
    ['-cpu', accelerator === 'kvm' ? 'host' : 'max', '-smp', String(cpus), '-m', String(memoryMB)],
    ['-nodefaults', '-nographic', '-monitor', 'none', '-serial', `file:${console}`],
    ['-kernel', disk.kernel, '-initrd', disk.initrd, '-append', 'root=/dev/vda rw console=ttyS0'],
    ['-drive', `file=${overlay},if=virtio,format=qcow2,cache=unsafe`, '-device', 'virtio-rng-pci'],
    ['-netdev', `user,id=net${forward.map((rule) => `,hostfwd=${rule}`).join('')}`],
    ['-device', 'virtio-net-pci,netdev=net'],
  ]
  const qemu = spawn('qemu-system-x86_64', words.flat(), { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise<void>((resolve) => qemu.once('exit', () => resolve()))
  const ssh = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'ConnectTimeout=10', 'LogLevel=ERROR']
    .flatMap((option) => ['-o', option])
    .concat('-o', `Port=${SSH_PORT}`, '-i', disk.key)
  const host = `${USER}@127.0.0.1`
  const run: Machine['run'] = (command, { input, timeoutMs = 3_600_000 } = {}) =>
    call('ssh', [...ssh, host, command], { timeoutMs, ...(input === undefined ? {} : { input }) })
  const must: Machine['must'] = async (command, how) => {
    const { code, stdout, stderr } = await run(command, how)
    if (code !== 0) throw new Error(`${command}\nended with ${code}\n${stdout}\n${stderr}`)
    return stdout
  }
  const bootId = (): Promise<string> => must('cat /proc/sys/kernel/random/boot_id', { timeoutMs: 30_000 })
  const booted = (before?: string): Promise<void> =>
    eventually(async () => {
      if (qemu.exitCode !== null) throw new Error(`qemu ended; the machine's last words are in ${console}`)
      if ((await bootId()) === before) throw new Error('it has not restarted yet')
    }, 600_000)
  const end = async (): Promise<void> => {
    qemu.kill('SIGKILL')
    await ended
  }
  await booted().catch(async (error: unknown) => {
    await end()
    throw error
  })
  return {
    httpPort: HTTP_PORT,
    run,
    must,
    put: async (...files) => void (await mustCall('scp', ['-q', ...ssh, ...files, `${host}:`])),
    async restart() {
      const before = await bootId()
      await run('sudo systemctl reboot')
      await booted(before)
    },
    async [Symbol.asyncDispose]() {
      await end()
      rmSync(overlay, { force: true })
    },
  }
}
