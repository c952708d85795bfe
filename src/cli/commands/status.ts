import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import type { Node } from '../../api/core/v1.ts'
import type { Client } from '../../client/client.ts'
import { expiryOf } from '../../lib/pki.ts'
import { release } from '../../lib/release.ts'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { agentName, containerdPid, supervisorOf } from '../machine/bring-up.ts'
import type { ClusterFile, Layout } from '../machine/cluster-file.ts'
import { credentialFiles } from '../machine/credentials.ts'
import { formatBytes, formatDuration, formatTable } from '../output/table.ts'
import { dataDirOption, outputOption, requireCluster, wantsJson } from './options.ts'

export const status = defineCommand({
  name: 'status',
  summary: 'Show what runs: versions, addresses, health, sizes, certificates.',
  usage: 'wherry status [-o json]',
  options: { ...outputOption, ...dataDirOption },
  async run({ values }, { print, signal }) {
    const json = wantsJson(values.output)
    const { layout, cluster } = requireCluster(values['data-dir'])
    const report = await collect(layout, cluster, signal)
    print.out(json ? JSON.stringify(report, null, 2) : format(report, print))
    return report.healthy ? 0 : 3
  },
})

interface Report {
  readonly name: string
  readonly healthy: boolean
  readonly version: { readonly wherry: string; readonly kubernetes: string | undefined; readonly node: string }
  readonly api: { readonly url: string; readonly ready: boolean; readonly problem?: string }
  readonly gateway: { readonly address: string; readonly http: number; readonly https: number }
  readonly processes: readonly { readonly role: string; readonly pid: number }[]
  readonly missing: readonly string[]
  readonly nodes: readonly {
    readonly name: string
    readonly address: string
    readonly ready: boolean
    readonly message: string
    readonly pods: number
    readonly runtime: string
    readonly images: { readonly count: number; readonly bytes: number }
  }[]
  readonly store: Readonly<Record<string, number>>
  readonly certificates: readonly { readonly name: string; readonly expires: string }[]
}

async function collect(layout: Layout, cluster: ClusterFile, signal: AbortSignal): Promise<Report> {
  const supervisor = supervisorOf(layout, cluster)
  const roles: { role: string; pid: number | undefined }[] = [
    { role: 'server', pid: supervisor.pid('server') },
    ...cluster.nodes.flatMap((node) => {
      const suffix = cluster.nodes.length > 1 ? `/${node.name}` : ''
      return [
        { role: `agent${suffix}`, pid: supervisor.pid(agentName(node)) },
        { role: `containerd${suffix}`, pid: containerdPid(layout, node) },
        { role: `haproxy${suffix}`, pid: pidIn(join(layout.node(node.name), 'gateway', 'haproxy.pid')) },
      ]
    }),
  ]
  const missing = roles.filter(({ pid }) => pid === undefined).map(({ role }) => role)
  await using client = await connect(layout.root, AbortSignal.any([signal, AbortSignal.timeout(10_000)]))
  const { ready, problem } = await readiness(client)
  const nodes = ready ? (await client.list(Nodes)).items : []
  const pods = ready ? (await client.list(Pods)).items : []
  const nodeReports = cluster.nodes.map((record) => {
    const node = nodes.find(({ metadata }) => metadata.name === record.name)
    const condition = node?.status.conditions?.find(({ type }) => type === 'Ready')
    return {
      name: record.name,
      address: record.address,
      ready: condition?.status === 'True',
      message: condition?.message ?? (ready ? 'it has not joined yet' : 'the API does not answer'),
      pods: pods.filter(({ spec }) => spec.nodeName === record.name).length,
      runtime: node?.status.nodeInfo?.containerRuntimeVersion ?? '',
      images: imagesOf(node),
    }
  })
  return {
    name: cluster.name,
    healthy: ready && missing.length === 0 && nodeReports.every((node) => node.ready),
    version: {
      wherry: release(),
      kubernetes: ready ? await kubernetesVersion(client) : undefined,
      node: process.version,
    },
    api: { url: `https://${cluster.apiHost}:${cluster.apiPort}`, ready, ...(problem === undefined ? {} : { problem }) },
    gateway: cluster.gateway,
    processes: roles.flatMap(({ role, pid }) => (pid === undefined ? [] : [{ role, pid }])),
    missing,
    nodes: nodeReports,
    store: { ...(ready ? await storeSizes(client) : {}), ...fileSizes(layout) },
    certificates: certificatesOf(layout, cluster),
  }
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim().split('\n')[0])
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('haproxy') ? pid : undefined
  } catch {
    return undefined
  }
}

async function readiness(client: Client): Promise<{ ready: boolean; problem?: string }> {
  try {
    const { status: code, body } = await client.raw({ method: 'GET', path: '/readyz?verbose' })
    return code === 200 ? { ready: true } : { ready: false, problem: body.toString('utf8').trim() }
  } catch (error) {
    return { ready: false, problem: (error as Error).message }
  }
}

async function kubernetesVersion(client: Client): Promise<string | undefined> {
  const { body } = await client.raw({ method: 'GET', path: '/version' })
  return (JSON.parse(body.toString('utf8')) as { gitVersion?: string }).gitVersion
}

/** The server's own figures, from its metrics. */
async function storeSizes(client: Client): Promise<Record<string, number>> {
  const { status: code, body } = await client.raw({ method: 'GET', path: '/metrics' })
  if (code !== 200) return {}
  const sizes: Record<string, number> = {}
  for (const [, name, value] of body.toString('utf8').matchAll(/^wherry_store_(\w+) (\d+(?:\.\d+)?)$/gm))
    sizes[name!] = Number(value)
  return sizes
}

function fileSizes(layout: Layout): Record<string, number> {
  try {
    const total = readdirSync(layout.server).reduce((sum, file) => sum + statSync(join(layout.server, file)).size, 0)
    return { diskBytes: total }
  } catch {
    return {}
  }
}

function imagesOf(node: Node | undefined): { count: number; bytes: number } {
  const images = node?.status.images ?? []
  return { count: images.length, bytes: images.reduce((sum, image) => sum + Number(image.sizeBytes ?? 0), 0) }
}

/** Of each certificate that a process shows when it ends: of the one that `up` made, or of its successor. */
function certificatesOf(layout: Layout, { nodes }: ClusterFile): { name: string; expires: string }[] {
  const files = credentialFiles(layout)
  const all: [name: string, ...files: string[]][] = [
    ['ca', files.authority.certificate],
    ['server', files.server.made.certificate, files.server.renewed],
    ['server-client', files.serverClient.made.certificate, files.serverClient.renewed],
    ...nodes.flatMap(({ name }): typeof all => {
      const { asClient, asServer } = files.node(name)
      return [
        [`${name}-client`, asClient.made.certificate, asClient.renewed],
        [`${name}-server`, asServer.made.certificate, asServer.renewed],
      ]
    }),
  ]
  return all.flatMap(([name, ...candidates]) => {
    const ends = candidates.flatMap(endIn)
    return ends.length === 0 ? [] : [{ name, expires: new Date(Math.max(...ends)).toISOString() }]
  })
}

function endIn(file: string): number[] {
  try {
    return [expiryOf(readFileSync(file))]
  } catch {
    return []
  }
}

function format(
  report: Report,
  print: {
    bold(text: string): string
    dim(text: string): string
    red(text: string): string
    green(text: string): string
  },
): string {
  const { api, gateway, version } = report
  const state = (ok: boolean, good: string, bad: string): string => (ok ? print.green(good) : print.red(bad))
  const lines = [
    `${print.bold(`cluster ${report.name}`)}  ${state(report.healthy, 'healthy', 'not healthy')}`,
    `  version    wherry ${version.wherry}, Kubernetes API ${version.kubernetes ?? 'unknown'}, Node ${version.node}`,
    `  API        ${api.url}  ${state(api.ready, 'ready', `not ready: ${api.problem ?? ''}`)}`,
    `  gateway    http://${gateway.address}:${gateway.http}  https://${gateway.address}:${gateway.https}`,
    `  processes  ${report.processes.map(({ role, pid }) => `${role} ${pid}`).join(', ')}${report.missing.length > 0 ? print.red(`  missing: ${report.missing.join(', ')}`) : ''}`,
    `  store      ${
      Object.entries(report.store)
        .map(([name, value]) => `${name} ${/bytes/i.test(name) ? formatBytes(value) : value}`)
        .join(', ') || 'unknown'
    }`,
    '',
    formatTable(
      ['NODE', 'ADDRESS', 'STATE', 'PODS', 'IMAGES', 'RUNTIME'],
      report.nodes.map((node) => [
        node.name,
        node.address,
        node.ready ? 'Ready' : `NotReady: ${node.message}`,
        String(node.pods),
        `${node.images.count} (${formatBytes(node.images.bytes)})`,
        node.runtime,
      ]),
    ),
  ]
  if (report.certificates.length > 0) {
    const now = Date.now()
    lines.push(
      '',
      formatTable(
        ['CERTIFICATE', 'EXPIRES IN'],
        report.certificates.map(({ name, expires }) => [name, formatDuration(Date.parse(expires) - now)]),
      ),
    )
  }
  return lines.join('\n')
}
