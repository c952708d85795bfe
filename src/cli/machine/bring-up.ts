import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Nodes } from '../../api/core/node.ts'
import type { Node } from '../../api/core/v1.ts'
import type { Client } from '../../client/client.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import { connect } from '../connect.ts'
import type { Printer } from '../output/printer.ts'
import { type ClusterFile, type Layout, type NodeRecord, writeClusterFile } from './cluster-file.ts'
import { ensureCredentials, SERVER_UID } from './credentials.ts'
import { execute } from './execute.ts'
import { makeUnderlay, primaryAddress, routeInto } from './network.ts'
import { installPackages, missingPackages } from './packages.ts'
import { claimSlot, machineName, planCluster, releaseSlot, type Wish } from './plan.ts'
import { requirePorts } from './preflight.ts'
import {
  hasSystemd,
  MACHINE,
  type Service,
  shellSupervisor,
  type Supervisor,
  systemdSupervisor,
  waitUntil,
} from './processes.ts'

const here = fileURLToPath(import.meta.url)
const extension = here.endsWith('.ts') ? '.ts' : '.js'

/** The package's own folder: the checkout, or where npm installed it. */
export const packageRoot = extension === '.ts' ? join(dirname(here), '..', '..', '..') : join(dirname(here), '..')

const mainProgram =
  extension === '.ts' ? join(packageRoot, 'src', 'programs', 'main.ts') : join(packageRoot, 'dist', 'main.js')

/** The program that all processes are, by their first word. */
export function programCommand(...words: readonly string[]): readonly string[] {
  return [process.execPath, mainProgram, ...words]
}

/** Room for young objects, in MB: what Node would take by itself is 64 MB that stay empty most of the time. */
const YOUNG_MB = { server: { min: 4, max: 16 }, agent: { min: 1, max: 1 } }

/**
 * The same for a process that stays: it is sparing with memory, and keeps its compiled code in `folder`, which its user
 * can write to, so that the next start is faster.
 */
export function longLivedCommand(
  folder: string,
  words: readonly [program: keyof typeof YOUNG_MB, ...rest: readonly string[]],
  main: string = mainProgram,
): readonly string[] {
  return [
    'env',
    `NODE_COMPILE_CACHE=${join(folder, 'compiled')}`,
    process.execPath,
    `--min-semi-space-size=${YOUNG_MB[words[0]].min}`,
    `--max-semi-space-size=${YOUNG_MB[words[0]].max}`,
    main,
    ...words,
  ]
}

/** Whoever keeps the cluster's processes running. */
export function supervisorOf(layout: Layout, cluster: ClusterFile): Supervisor {
  const script = join(packageRoot, 'bin', 'supervise')
  return cluster.supervisor === 'systemd'
    ? systemdSupervisor(cluster.name, layout, script)
    : shellSupervisor(layout, script)
}

/** The name under which a node's agent is supervised. */
export function agentName(node: NodeRecord): string {
  return `agent-${node.name}`
}

/** Whether all processes of the cluster run and it says that it is ready. */
export async function clusterIsUp(layout: Layout, cluster: ClusterFile): Promise<boolean> {
  const supervisor = supervisorOf(layout, cluster)
  const names = ['server', ...cluster.nodes.map(agentName)]
  if (names.some((name) => supervisor.pid(name) === undefined)) return false
  await using client = await connect(layout.root, AbortSignal.timeout(5_000))
  return (await isServerReady(client)) && (await unreadyNodes(client, cluster)).length === 0
}

interface Surroundings {
  readonly print: Printer
  readonly signal: AbortSignal
}

/** Does what is still to be done until the cluster is Ready; each step can be run again. Returns the cluster as it is. */
export async function bringUp(
  layout: Layout,
  existing: ClusterFile | undefined,
  wish: Wish,
  { print, signal }: Surroundings,
): Promise<ClusterFile> {
  const missing = missingPackages()
  if (missing.length > 0) await print.step('packages', (detail) => installPackages(missing, detail))

  const slot = claimSlot({ dataDir: layout.root, name: existing?.name ?? wish.name, wanted: existing?.slot })
  let cluster: ClusterFile
  try {
    cluster = existing ?? (await planHere(wish, slot))
    await checkPorts(layout, cluster)
  } catch (error) {
    if (existing === undefined) releaseSlot(slot)
    throw error
  }
  await print.step('keys and certificates', async () => {
    for (const folder of [
      layout.pki,
      layout.server,
      layout.run,
      layout.log,
      ...cluster.nodes.map(({ name }) => layout.node(name)),
    ])
      mkdirSync(folder, { recursive: true })
    await ensureCredentials(layout, cluster)
    writeClusterFile(layout, cluster)
  })
  if (cluster.nodes.some((node) => node.namespace !== undefined))
    await print.step('network between the nodes', () => makeUnderlay(cluster))

  const supervisor = supervisorOf(layout, cluster)
  await using client = await connect(layout.root, signal)
  await print.step('control plane', async (detail) => {
    await supervisor.start(serverService(layout, cluster))
    // An agent has enough to do of its own until the server answers.
    for (const node of cluster.nodes) await supervisor.start(agentService(layout, cluster, node))
    await waitOrExplain(
      () => isServerReady(client),
      60_000,
      'The control plane does not answer.',
      () => supervisor.log('server'),
    )
    detail(`https://${cluster.apiHost}:${cluster.apiPort}`)
  })
  await print.step(cluster.nodes.length === 1 ? 'node' : `${cluster.nodes.length} nodes`, async (detail) => {
    let waiting = cluster.nodes.map(({ name }) => name)
    await waitOrExplain(
      async () => {
        waiting = await unreadyNodes(client, cluster)
        detail(
          waiting.length > 0 ? `waiting for ${waiting.join(', ')}` : cluster.nodes.map(({ name }) => name).join(', '),
        )
        return waiting.length === 0
      },
      120_000,
      () => `Not Ready: ${waiting.join(', ')}.`,
      () => supervisor.log(`agent-${waiting[0]}`),
    )
    cluster = await routeToNamespaced(layout, client, cluster)
  })
  await print.step('gateway', async (detail) => {
    const { address, http } = cluster.gateway
    await waitOrExplain(
      () => answersHttp(`http://${address}:${http}/`),
      30_000,
      `The gateway does not answer on port ${http}.`,
      () => supervisor.log(agentName(cluster.nodes[0]!)),
    )
    detail(`http://${address}${http === 80 ? '' : `:${http}`}`)
  })
  await supervisor.followMachine?.({
    name: MACHINE,
    atStart: programCommand('at-boot', '--data-dir', layout.root),
    atEnd: programCommand('at-shutdown', '--data-dir', layout.root),
    description: `wherry network and containers (${cluster.name})`,
  })
  return cluster
}

async function planHere(wish: Wish, slot: number): Promise<ClusterFile> {
  return planCluster(wish, {
    slot,
    address: wish.nodes === undefined ? await primaryAddress() : '',
    hostname: machineName(),
    systemd: hasSystemd(),
    now: new Date().toISOString(),
  })
}

/** Ports are asked for only by what does not run yet: `up` may be finishing what another one began. */
async function checkPorts(layout: Layout, cluster: ClusterFile): Promise<void> {
  const supervisor = supervisorOf(layout, cluster)
  if (supervisor.pid('server') === undefined)
    await requirePorts([{ port: cluster.apiPort, what: 'the Kubernetes API', flag: '--api-port' }])
  const onHost = cluster.nodes.filter(
    (node) => node.namespace === undefined && supervisor.pid(agentName(node)) === undefined,
  )
  // The gateway outlives the agent; its own listener is no stranger.
  if (onHost.length > 0 && !existsSync(join(layout.node(onHost[0]!.name), 'gateway', 'haproxy.pid'))) {
    await requirePorts([
      { port: cluster.gateway.http, what: 'the gateway (HTTP)', flag: '--http-port' },
      { port: cluster.gateway.https, what: 'the gateway (HTTPS)', flag: '--https-port' },
    ])
  }
}

function serverService(layout: Layout, cluster: ClusterFile): Service {
  const command = longLivedCommand(layout.server, ['server', '--data-dir', layout.root])
  return {
    name: 'server',
    command: [...withoutRights(layout), ...command],
    description: `wherry control plane (${cluster.name})`,
  }
}

/** Drops every right before the server starts; it stays root without capabilities where others may not read the program's folder. */
function withoutRights(layout: Layout): readonly string[] {
  const readable = [packageRoot, process.execPath, layout.root].every(pathReadableByOthers)
  return readable
    ? [
        'setpriv',
        `--reuid=${SERVER_UID}`,
        `--regid=${SERVER_UID}`,
        '--clear-groups',
        '--no-new-privs',
        '--bounding-set=-all',
        '--inh-caps=-all',
      ]
    : ['setpriv', '--no-new-privs', '--bounding-set=-all,+dac_override', '--inh-caps=-all']
}

function pathReadableByOthers(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    for (let at = path; at !== '/'; at = dirname(at)) {
      if ((statSync(at).mode & 0o005) !== 0o005) return false
    }
    return true
  } catch {
    return false
  }
}

function agentService(layout: Layout, cluster: ClusterFile, node: NodeRecord): Service {
  const service = {
    name: agentName(node),
    command: longLivedCommand(layout.node(node.name), ['agent', '--data-dir', layout.root, '--node', node.name]),
    description: `wherry node ${node.name} (${cluster.name})`,
  }
  return node.namespace === undefined ? service : { ...service, enter: enterNode(layout, node) }
}

/**
 * How to get into a node's namespaces: into those of its containerd where it runs, else into fresh ones. It is asked when
 * the command runs, not when it is made: a unit file may be older than the containerd, or than the machine's last start.
 */
export function enterNode(layout: Layout, node: NodeRecord): readonly string[] {
  const script = [
    'pidfile=$0 root=$1 netns=$2 name=$3; shift 3',
    'pid=$(cat "$pidfile" 2>/dev/null)',
    'if [ -n "$pid" ] && grep -qsF "$root" "/proc/$pid/cmdline"; then ' +
      'exec nsenter --target "$pid" --mount --uts --net "$@"; fi',
    // Names of pods' namespaces stay within the node and go with it, also when it is killed.
    'exec nsenter --net="/run/netns/$netns" unshare --mount --uts --propagation private /bin/sh -c ' +
      `'hostname "$0" && mount -t tmpfs -o mode=755 wherry-netns /run/netns && exec "$@"' "$name" "$@"`,
  ].join('; ')
  return ['/bin/sh', '-c', script, containerdPidFile(layout, node), layout.root, node.namespace ?? '', node.name]
}

function containerdPidFile(layout: Layout, node: NodeRecord): string {
  return join(layout.node(node.name), 'containerd', 'containerd.pid')
}

/** The process of a node's containerd, while it runs. */
export function containerdPid(layout: Layout, node: NodeRecord): number | undefined {
  try {
    const pid = Number(readFileSync(containerdPidFile(layout, node), 'utf8'))
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(layout.root) ? pid : undefined
  } catch {
    return undefined
  }
}

async function isServerReady(client: Client): Promise<boolean> {
  try {
    return (await client.raw({ method: 'GET', path: '/readyz', signal: AbortSignal.timeout(2_000) })).status === 200
  } catch {
    return false
  }
}

/** The names of the cluster's nodes that do not say Ready. */
export async function unreadyNodes(client: Client, cluster: ClusterFile): Promise<string[]> {
  const { items } = await client.list(Nodes).catch((error: unknown) => {
    if (isWherryError(error)) return { items: [] as Node[] }
    throw error
  })
  const ready = new Set(
    items
      .filter((node) => node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
      .map((node) => node.metadata.name),
  )
  return cluster.nodes.map(({ name }) => name).filter((name) => !ready.has(name))
}

/**
 * The host reaches namespaced nodes by routes over them, to ranges that the control plane has given out; the cluster's file
 * keeps those, for when the machine starts again. Services are reached over the node that has the gateway: while it is cut
 * off both are out of the machine's reach, while only its processes are gone the kernel goes on forwarding.
 */
async function routeToNamespaced(layout: Layout, client: Client, cluster: ClusterFile): Promise<ClusterFile> {
  const namespaced = cluster.nodes.filter((node) => node.namespace !== undefined)
  if (namespaced.length === 0) return cluster
  const ranges = new Map<string, string>()
  await waitUntil(async () => {
    const { items } = await client.list(Nodes)
    for (const node of items) if (node.spec.podCIDR) ranges.set(node.metadata.name!, node.spec.podCIDR)
    return namespaced.every(({ name }) => ranges.has(name))
  }, 30_000)
  const known: ClusterFile = {
    ...cluster,
    nodes: cluster.nodes.map((node) =>
      node.namespace === undefined ? node : { ...node, podRange: ranges.get(node.name)! },
    ),
  }
  writeClusterFile(layout, known)
  await routeInto(known)
  return known
}

/** Makes what a machine forgets when it restarts: the cluster's place beside others, and the network between its nodes. */
export async function bringBackNetwork(layout: Layout, cluster: ClusterFile): Promise<void> {
  claimSlot({ dataDir: layout.root, name: cluster.name, wanted: cluster.slot })
  if (!cluster.nodes.some((node) => node.namespace !== undefined)) return
  await makeUnderlay(cluster)
  await routeInto(cluster)
}

async function answersHttp(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(2_000) })
    return true
  } catch {
    return false
  }
}

async function waitOrExplain(
  condition: () => Promise<boolean>,
  timeoutMs: number,
  what: string | (() => string),
  log: () => ReturnType<Supervisor['log']>,
): Promise<void> {
  if (await waitUntil(condition, timeoutMs)) return
  const {
    where,
    tail: [program, ...args],
  } = log()
  const tail = await execute(program!, args)
  throw new WherryError(
    'timeout',
    `${typeof what === 'string' ? what : what()}${tail.stdout ? `\n${tail.stdout.trim()}` : ''}`,
    {
      hint: `Read ${where}, then run \`wherry up\` again: it goes on from here.`,
    },
  )
}
