import assert from 'node:assert/strict'
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { findProgram } from '../../src/cli/machine/packages.ts'
import { cacheFolder } from '../images/cache.ts'
import { get } from '../system/http.ts'
import { eventually, mustCall } from '../system/system-cluster.ts'
import { type Disk, freshDisk } from './disk.ts'
import { type Machine, startMachine } from './machine.ts'

/**
 * Tries wherry on a Debian 12 that has nothing but systemd, sudo and git, in a virtual machine: the launcher without Node,
 * units, one cgroup tree, the distribution's own kernel, a restart of the machine. By hand: it takes minutes with KVM.
 */
const { values: flags } = parseArgs({
  options: {
    cpus: { type: 'string', default: '2' },
    memory: { type: 'string', default: '3072' },
    accel: { type: 'string' },
    /** Starts from this disk (raw, beside its kernel, initrd and key) and not from a fresh one. */
    disk: { type: 'string' },
  },
})

const TOOLS = ['qemu-system-x86_64', 'qemu-img', 'mmdebstrap', 'mkfs.ext4', 'ssh', 'scp', 'ssh-keygen', 'git']
const missing = TOOLS.filter((tool) => findProgram(tool) === undefined)
if (missing.length > 0) skip(`there is no ${missing.join(', ')}`)
if (process.getuid?.() !== 0) skip('it needs root, to lay out a disk')
const accelerator = flags.accel === 'tcg' ? 'tcg' : 'kvm'
if (accelerator === 'kvm' && !usable('/dev/kvm')) skip('/dev/kvm cannot be used (with --accel tcg it works, slowly)')

/** How long things may take: nothing is said about speed, least of all without KVM. */
const PATIENCE = accelerator === 'kvm' ? 120_000 : 900_000
const WHERRY = 'sudo wherry/bin/wherry'

const folder = mkdtempSync(join(tmpdir(), 'wherry-vm-'))
try {
  const disk = await step('a disk with a fresh Debian 12', () =>
    flags.disk === undefined ? freshDisk(cacheFolder('vm')) : besides(flags.disk),
  )
  await using machine = await step('the machine starts', () =>
    startMachine({ disk, folder, cpus: Number(flags.cpus), memoryMB: Number(flags.memory), accelerator }),
  )
  await tryOn(machine)
  console.log('1 passed, 0 failed')
} catch (error) {
  console.log(error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function tryOn(machine: Machine): Promise<void> {
  await step('the source arrives', async () => {
    const bundle = join(folder, 'wherry.bundle')
    await mustCall('git', ['bundle', 'create', '-q', bundle, 'HEAD'])
    const images = await mustCall(process.execPath, ['test/images/main.ts', 'wherry.test/web:v1', 'busybox'])
    const archives = images.trim().split('\n')
    await machine.put(bundle, ...archives)
    await machine.must('rm -rf wherry && git clone -q wherry.bundle wherry')
    await machine.must(`mkdir -p images && mv ${archives.map((file) => basename(file)).join(' ')} images`)
  })
  await step('the launcher brings npm, Node and the packages', async () => {
    if (flags.disk === undefined) assert.equal(await machine.must('command -v node npm || true'), '')
    assert.match(await machine.must(`${WHERRY} --help`), /wherry up/)
  })
  // What the distribution's packages bring stays; so they are there before one looks.
  await step('one up and down', () => machine.must(`${WHERRY} up && ${WHERRY} down --purge`))
  const before = await stateOf(machine)

  await step('up', () => machine.must(`${WHERRY} up`))
  await step('an application is served', async () => {
    await machine.must(`${WHERRY} image import images/*`)
    await machine.must(`${WHERRY} kubectl apply -f wherry/examples/web.yaml`)
    await served(machine)
  })
  await step('limits are in the one cgroup tree, and enforced', () => limitsHold(machine))
  await step('units that are killed as a whole come back, and containers stay', async () => {
    const containers = await containersOf(machine)
    const units = (await machine.must("systemctl list-units --plain --no-legend 'wherry-default-*' | cut -d' ' -f1"))
      .split('\n')
      .filter((unit) => /server|agent/.test(unit))
    assert.equal(units.length, 2)
    for (const unit of units) {
      await machine.must(`sudo systemctl kill --signal=KILL ${unit}`)
      await healthy(machine)
    }
    await served(machine)
    assert.deepEqual(await containersOf(machine), containers)
  })
  await step('after a restart of the machine everything comes back by itself', async () => {
    await machine.restart()
    await healthy(machine)
    await served(machine)
  })
  await step('down, and up again', async () => {
    await machine.must(`${WHERRY} down`)
    assert.equal(await machine.must("systemctl list-unit-files --no-legend 'wherry-*'"), '')
    await machine.must(`${WHERRY} up`)
    await served(machine)
  })
  await step('down --purge leaves nothing', async () => {
    await machine.must(`${WHERRY} down --purge`)
    assert.deepEqual(await stateOf(machine), before)
  })
  await step('two nodes, which come back after a restart too', async () => {
    await machine.must(`${WHERRY} up --nodes 2 && ${WHERRY} image import images/*`)
    await machine.must(`${WHERRY} kubectl apply -f wherry/examples/web.yaml`)
    await machine.must(`${WHERRY} kubectl rollout status deployment/web --timeout=${PATIENCE / 1000}s`)
    await machine.restart()
    await healthy(machine)
    await machine.must(`${WHERRY} kubectl rollout status deployment/web --timeout=${PATIENCE / 1000}s`)
    const ready = async (): Promise<void> =>
      assert.match(await machine.must("curl -s -H 'Host: web.example' http://172.31.0.11/"), /^v1 web-/)
    await eventually(ready, PATIENCE)
    await machine.must(`${WHERRY} down --purge`)
    assert.deepEqual(await stateOf(machine), before)
  })
}

/** From outside of the machine, through its port 80. */
async function served(machine: Machine): Promise<void> {
  await eventually(async () => {
    const { body } = await get(`http://127.0.0.1:${machine.httpPort}/`, { host: 'web.example' })
    assert.match(body, /^v1 web-/)
  }, PATIENCE)
}

async function healthy(machine: Machine): Promise<void> {
  await eventually(() => machine.must(`${WHERRY} status`), PATIENCE, 2_000)
}

async function containersOf(machine: Machine): Promise<readonly string[]> {
  const path = '{range .items[*]}{.status.containerStatuses[*].containerID}{"\\n"}{end}'
  return (await machine.must(`${WHERRY} kubectl get pods -l app=web -o jsonpath='${path}'`)).split('\n').toSorted()
}

async function limitsHold(machine: Machine): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'limited' },
    spec: {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'c',
          image: 'busybox',
          imagePullPolicy: 'IfNotPresent',
          // It is not the first process that takes the memory: the container ends all the same.
          command: ['sh', '-c', 'cd /sys/fs/cgroup && cat cpu.max memory.max cpu.weight; tail /dev/zero; sleep 3600'],
          resources: { requests: { cpu: '250m' }, limits: { cpu: '500m', memory: '32Mi' } },
        },
      ],
    },
  }
  await machine.must(`${WHERRY} kubectl apply -f -`, { input: JSON.stringify(pod) })
  const reason = '{.status.containerStatuses[0].state.terminated.reason}'
  await eventually(
    async () =>
      assert.equal(await machine.must(`${WHERRY} kubectl get pod limited -o jsonpath='${reason}'`), 'OOMKilled'),
    PATIENCE,
    2_000,
  )
  const seen = (await machine.must(`${WHERRY} kubectl logs limited`)).trim().split('\n')
  assert.deepEqual(seen, ['50000 100000', String(32 * 2 ** 20), '10'])
  await machine.must(`${WHERRY} kubectl delete pod limited`)
}

/** Everything of the machine that a cluster changes. */
async function stateOf(machine: Machine): Promise<Record<string, readonly string[]>> {
  const commands = {
    units: 'ls /etc/systemd/system /etc/systemd/system/multi-user.target.wants | grep wherry || true',
    cgroups: "find /sys/fs/cgroup -maxdepth 1 -type d -name 'wherry*'",
    mounts: 'grep -E "wherry|netns" /proc/mounts | cut -d" " -f2 || true',
    links: 'ls /sys/class/net',
    tables: 'sudo nft list tables',
    namespaces: 'ls /run/netns 2>/dev/null || true',
    files: 'sudo find /run /var/lib /var/log /etc -xdev -path "*wherry*" -not -path "*/machine.slice/*"',
    processes: 'pgrep -af "[/]var/lib/wherry" || true',
  }
  const state: Record<string, readonly string[]> = {}
  for (const [name, command] of Object.entries(commands))
    state[name] = (await machine.must(command))
      .split('\n')
      .filter((line) => line !== '')
      .toSorted()
  return state
}

function besides(image: string): Promise<Disk> {
  const at = (name: string): string => join(image, '..', name)
  return Promise.resolve({ image, kernel: at('vmlinuz'), initrd: at('initrd'), key: at('key') })
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  console.log(`✓ ${title} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  return result
}

function usable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
    return existsSync(file)
  } catch {
    return false
  }
}

function skip(why: string): never {
  console.log(`machine-vm: skipped, ${why}`)
  process.exit(0)
}
