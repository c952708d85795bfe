import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { request } from 'node:https'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Node } from '../../src/api/core/v1.ts'
import type { Layout } from '../../src/cli/machine/cluster-file.ts'
import { layoutOf, readClusterFile } from '../../src/cli/machine/cluster-file.ts'
import { buildImage } from '../images/build.ts'
import { webImages } from '../images/web/images.ts'
import { mustCall, wherryProgram } from '../system/system-cluster.ts'
import { Connection } from './connection.ts'
import { endpointOf } from './endpoint.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { purge } from './test-cluster.ts'

const WAIT_MS = 60_000
const ASK_MS_MAX = 2_000
const NAMESPACE = 'bench'

/** What somebody waits for who types `wherry up`. */
export const up: Figure = {
  name: 'up',
  summary: '`wherry up` → the API answers, the node is Ready, an application is served',
  needsRoot: true,
  async *run({ repeats, signal }: Bench) {
    const first: Times[] = []
    for (let run = 0; run < repeats; run++) first.push(await firstStart(signal))
    yield* rows('up, nothing there yet', first, ['api', 'ready', 'returned'])
    const again = await startsWithImages(repeats, signal)
    yield* rows('up again, images present', again, ['api', 'served', 'returned'])
  },
}

interface Times {
  readonly api: number
  readonly returned: number
  readonly ready?: number
  readonly served?: number
}

const GOALS = { api: 0.25, ready: 0.5, served: 2 } as const
const WORDS = {
  api: 'the API answers',
  ready: 'the node is Ready',
  served: 'a new application is served by name',
  returned: 'it returns',
} as const

function* rows(what: string, all: readonly Times[], which: readonly (keyof Times)[]): Iterable<Row> {
  for (const key of which) {
    yield {
      what: `${what} → ${WORDS[key]}`,
      unit: 's',
      runs: all.map((times) => times[key]! / 1000),
      ...(key === 'returned' ? { reference: '27.6 s' } : { goal: { atMost: GOALS[key] } }),
      ...(key === 'api' && { reference: '5.4 s' }),
    }
  }
}

async function firstStart(signal: AbortSignal): Promise<Times> {
  const layout = layoutOf(mkdtempSync(join(tmpdir(), 'wherry-bench-')))
  try {
    const begin = performance.now()
    const returned = runUp(layout)
    const api = await answers(layout, begin, signal)
    const ready = await nodeIsReady(layout, begin, signal)
    return { api, ready, returned: (await returned) - begin }
  } finally {
    await purge(layout)
  }
}

/** Each start is one of a cluster that was stopped; the application is asked for as soon as the API answers. */
async function startsWithImages(repeats: number, signal: AbortSignal): Promise<readonly Times[]> {
  const layout = layoutOf(mkdtempSync(join(tmpdir(), 'wherry-bench-')))
  const where = ['--data-dir', layout.root]
  const all: Times[] = []
  try {
    await runUp(layout)
    await mustCall(wherryProgram, ['image', 'import', await buildImage(webImages[0]!), ...where])
    for (let run = 0; run < repeats; run++) {
      await mustCall(wherryProgram, ['down', ...where])
      const begin = performance.now()
      const returned = runUp(layout)
      const api = await answers(layout, begin, signal)
      const served = await applicationIsServed(layout, `web-${run}`, begin)
      all.push({ api, served, returned: (await returned) - begin })
    }
    return all
  } finally {
    await purge(layout)
  }
}

async function runUp({ root }: Layout): Promise<number> {
  await mustCall(wherryProgram, ['up', '--name', 'bench', '--nodes', '1', '--data-dir', root])
  return performance.now()
}

async function until(
  what: string,
  condition: () => Promise<boolean>,
  begin: number,
  signal: AbortSignal,
): Promise<number> {
  while (!(await condition().catch(() => false))) {
    if (performance.now() - begin > WAIT_MS) throw new Error(`waited in vain: ${what}`)
    await sleep(5, undefined, { signal })
  }
  return performance.now() - begin
}

function answers(layout: Layout, begin: number, signal: AbortSignal): Promise<number> {
  return until(WORDS.api, () => isReady(layout), begin, signal)
}

/** Health is told to everybody, so that no key has to be there already. */
function isReady(layout: Layout): Promise<boolean> {
  const cluster = existsSync(layout.clusterFile) ? readClusterFile(layout) : undefined
  // Until the machine has the address, the way to it leads out of the machine.
  const has = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === cluster?.apiHost))
  if (cluster === undefined || !has) return Promise.resolve(false)
  return new Promise((resolve) => {
    const { apiHost: host, apiPort: port } = cluster
    const asked = request(
      { host, port, path: '/readyz', rejectUnauthorized: false, agent: false, timeout: ASK_MS_MAX },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      },
    )
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
    asked.on('error', () => resolve(false))
    asked.end()
  })
}

async function nodeIsReady(layout: Layout, begin: number, signal: AbortSignal): Promise<number> {
  await using connection = await Connection.open(await endpointOf(layout.kubeconfig))
  const isNodeReady = async (): Promise<boolean> => {
    const { body } = await connection.request('GET', '/api/v1/nodes')
    const { items } = JSON.parse(body.toString('utf8')) as { readonly items: readonly Node[] }
    const conditions = items.flatMap(({ status }) => status.conditions ?? [])
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  }
  return await until(WORDS.ready, isNodeReady, begin, signal)
}

async function applicationIsServed(layout: Layout, name: string, begin: number): Promise<number> {
  const cluster = readClusterFile(layout)!
  const prober = spawn(
    'ip',
    [
      'netns',
      'exec',
      cluster.nodes[0]!.namespace!,
      process.execPath,
      join(import.meta.dirname, 'up-prober.ts'),
      cluster.dnsAddress,
      `${name}.${NAMESPACE}.svc.${cluster.clusterDomain}`,
      String(WAIT_MS),
    ],
    { stdio: 'ignore' },
  )
  const ended = once(prober, 'exit')
  await using connection = await Connection.open(await endpointOf(layout.kubeconfig))
  for (const [path, object] of application(name)) {
    const { status, body } = await connection.request('POST', path, { body: JSON.stringify(object) })
    if (status >= 300 && status !== 409)
      throw new Error(`${path} was answered with ${status}: ${body.toString('utf8')}`)
  }
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error(`waited in vain: ${WORDS.served}`)
  return performance.now() - begin
}

function application(name: string): readonly (readonly [path: string, object: object])[] {
  const labels = { app: name }
  const container = { name: 'web', image: 'wherry.test/web:v1', imagePullPolicy: 'Never' }
  const template = { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 0 } }
  return [
    ['/api/v1/namespaces', { metadata: { name: NAMESPACE } }],
    [
      `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
      { metadata: { name }, spec: { selector: { matchLabels: labels }, template } },
    ],
    [
      `/api/v1/namespaces/${NAMESPACE}/services`,
      { metadata: { name }, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
    ],
  ]
}
