import { setTimeout as sleep } from 'node:timers/promises'
import { BoundPods } from './bound-pods.ts'
import { Connection } from './connection.ts'
import type { Loaded } from './endpoint.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { load } from './load.ts'
import { startNodes } from './nodes.ts'
import { deploymentBody, makeNamespace, newName, podsIn, schedulablePodBody } from './objects.ts'
import type { Cost } from './process-cost.ts'
import { startCost } from './process-cost.ts'
import { TestServer } from './test-server.ts'

const NODES = 500
const PODS = 5_000
/** For what the control plane still writes when the last pod has its node. */
const REST_MS = 500

/** How long it takes until many pods have a node, by the server as it is, with its controllers and scheduler. */
export const schedule: Figure = {
  name: 'schedule',
  summary: `${PODS} pods bound on ${NODES} simulated nodes`,
  async *run(bench: Bench) {
    yield await measure(bench, 'created over the API', directly, { seconds: 3, reference: '43 s' })
    yield await measure(bench, 'of one Deployment', byDeployment, { seconds: 4, reference: '75 s' })
  },
}

/** Asks for so many pods. */
export type Ask = (server: Loaded, pods: number) => Promise<void>

export const directly: Ask = async (server, pods) => {
  await load(server, {
    connections: 16,
    requests: pods,
    next: () => ({ method: 'POST', path: podsIn('bench'), body: schedulablePodBody(newName('shop')) }),
  })
}

export const byDeployment: Ask = async (server, pods) => {
  await using connection = await Connection.open(server.endpoint)
  const path = '/apis/apps/v1/namespaces/bench/deployments'
  const { status, body } = await connection.request('POST', path, { body: deploymentBody('shop', pods) })
  if (status !== 201) throw new Error(`the Deployment was answered with ${status}: ${body.toString('utf8')}`)
}

async function measure(
  { repeats, signal }: Bench,
  how: string,
  ask: Ask,
  { seconds, reference }: { readonly seconds: number; readonly reference: string },
): Promise<Row> {
  const runs: Bound[] = []
  for (let run = 0; run < repeats; run++) runs.push(await bindAll(ask, { nodes: NODES, pods: PODS, signal }))
  const afterwards = runs.reduce((sum, { restCpuSeconds }) => sum + restCpuSeconds, 0)
  return {
    what: `${PODS} pods ${how}, ${NODES} nodes: last bound`,
    unit: 's',
    runs: runs.map(({ wallSeconds }) => wallSeconds),
    reference,
    goal: { atMost: seconds },
    cpuSeconds: runs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMB: Math.max(...runs.map(({ peakMB }) => peakMB)),
    note: `and ${afterwards.toFixed(1)} s of CPU until it rests`,
  }
}

export interface Bound extends Cost {
  /** What the server still does after the last binding. */
  readonly restCpuSeconds: number
}

/** One measurement, on a server that has just started: from the first request to the last pod with a node. */
export async function bindAll(
  ask: Ask,
  { nodes, pods, signal }: { readonly nodes: number; readonly pods: number; readonly signal: AbortSignal },
): Promise<Bound> {
  await using server = await TestServer.start()
  await makeNamespace(server, 'bench')
  const spent = await timeOf(server, ask, { nodes, pods, signal })
  return { ...spent, restCpuSeconds: await untilItRests(server, signal) }
}

async function timeOf(
  server: TestServer,
  ask: Ask,
  { nodes, pods, signal }: { readonly nodes: number; readonly pods: number; readonly signal: AbortSignal },
): Promise<Cost> {
  await using _nodes = await startNodes(server, nodes, signal)
  await using bound = await BoundPods.watch(server.endpoint, 'bench')
  const all = bound.reaches(pods, signal)
  const cost = startCost(server.pid)
  await Promise.all([ask(server, pods), all])
  return cost()
}

/** The CPU seconds that the server uses until it uses next to none. */
async function untilItRests(server: TestServer, signal: AbortSignal): Promise<number> {
  const all = startCost(server.pid)
  for (;;) {
    const cost = startCost(server.pid)
    await sleep(REST_MS, undefined, { signal })
    const { cpuSeconds, wallSeconds } = cost()
    if (cpuSeconds < wallSeconds / 10) return all().cpuSeconds
  }
}
