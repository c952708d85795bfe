import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { makeDeployment, makePodSpec, makeTemplate } from '../../test/cluster/makers.ts'
import { schedulePods } from '../../test/cluster/schedule-pods.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import type { Tap } from '../../test/cluster/tapped-client.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import { StatefulSets } from '../api/apps/stateful-set.ts'
import { Jobs } from '../api/batch/job.ts'
import { Pods } from '../api/core/pod.ts'
import { Services } from '../api/core/service.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import { controllerOf } from '../api/meta/owners.ts'
import { isWherryError, WherryError } from '../lib/errors.ts'
import { seededRandom } from '../lib/random.ts'
import type { Random } from '../lib/random.ts'
import { allControllers } from './all.ts'
import { holds } from './conditions.ts'
import { isReady, isTerminating } from './pods.ts'

/** A run is repeated by its seed: `WHERRY_SEED=7` runs that one, `WHERRY_SEED=100-199` a hundred. */
const SEEDS = seedsFrom(process.env['WHERRY_SEED'] ?? '1-3')
const STEPS = 25
const APPS = ['a', 'b', 'c']

const controllers = () =>
  allControllers({ authority: { certificate: 'PEM', key: '' }, clusterCidr: '10.244.0.0/16', nodeMask: 24 })

/** One write in twenty fails, half of them after they were done. */
function faults(random: Random): Tap {
  const maybe = (): void => {
    if (random() < 0.025) throw new WherryError('unavailable', 'a fault of the simulation')
  }
  return { beforeWrite: maybe, afterWrite: maybe }
}

function seedsFrom(text: string): number[] {
  const [first = 1, last = first] = text.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!

type Step = (cluster: TestCluster, random: Random) => Promise<unknown>

const STEPS_BY_NAME: Readonly<Record<string, Step>> = {
  scale: (cluster, random) =>
    cluster.patch(Deployments, { name: pick(random, APPS) }, { spec: { replicas: Math.floor(random() * 6) } }),
  rollOut: (cluster, random) => {
    const app = pick(random, APPS)
    const image = `registry.test/${app}:${Math.floor(random() * 3)}`
    return cluster.patch(
      Deployments,
      { name: app },
      { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } },
    )
  },
  replace: async (cluster, random) => {
    const app = pick(random, APPS)
    const propagationPolicy = pick(random, ['Background', 'Foreground'] as const)
    await cluster.delete(Deployments, { metadata: { namespace: 'default', name: app } }, { propagationPolicy })
    await cluster.advance(60_000)
    await cluster.create(Deployments, makeDeployment(app, 2))
  },
  killPod: async (cluster, random) => {
    const pods = await cluster.list(Pods)
    if (pods.length > 0) await cluster.delete(Pods, pick(random, pods), random() < 0.5 ? { gracePeriodSeconds: 0 } : {})
  },
  scaleSet: (cluster, random) =>
    cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: Math.floor(random() * 4) } }),
  killNode: async (cluster, random) => cluster.nodes.kill(pick(random, cluster.nodes.names)),
  reviveNode: (cluster, random) => cluster.nodes.revive(pick(random, cluster.nodes.names)),
  restart: (cluster, random) => cluster.restart(controllers(), faults(random)),
  wait: (cluster, random) => cluster.advance(Math.floor(random() * 120_000)),
}

async function simulate(seed: number): Promise<void> {
  const random = seededRandom(seed)
  await using cluster = await startCluster(undefined, {
    whole: true,
    seed,
    programs: [schedulePods],
    nodes: { count: 3, startMs: 500, stopMs: 500 },
  })
  await cluster.restart(controllers(), faults(random))
  for (const app of APPS) await cluster.create(Deployments, makeDeployment(app, 3))
  await cluster.create(Services, { metadata: { name: 'a' }, spec: { selector: { app: 'a' }, ports: [{ port: 80 }] } })
  await cluster.create(StatefulSets, {
    metadata: { name: 'db' },
    spec: { serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'db' } }, template: makeTemplate('db') },
  })
  const annotations = { [simulation.exitCode]: '0', [simulation.runMs]: '20000' }
  const template = { metadata: { annotations }, spec: makePodSpec({ restartPolicy: 'Never' }) }
  await cluster.create(Jobs, {
    metadata: { name: 'work' },
    spec: { template, completions: 10, parallelism: 3, backoffLimit: 1000 },
  })

  const steps: string[] = []
  for (let i = 0; i < STEPS; i++) {
    const name = pick(random, Object.keys(STEPS_BY_NAME))
    steps.push(name)
    try {
      await STEPS_BY_NAME[name]!(cluster, random)
    } catch (error) {
      // What the step was about is not there just now.
      if (!isWherryError(error, 'not-found', 'conflict', 'already-exists')) throw error
    }
    await cluster.advance(Math.floor(random() * 10_000))
  }

  // Peace: all nodes are back, and nothing fails any more.
  await cluster.restart(controllers())
  for (const name of cluster.nodes.names) await cluster.nodes.revive(name)
  await cluster.advance(3_600_000)
  await checkPeace(cluster, steps.join(' '))
}

async function checkPeace(cluster: TestCluster, history: string): Promise<void> {
  const pods = await cluster.list(Pods)
  const replicaSets = await cluster.list(ReplicaSets)
  for (const deployment of await cluster.list(Deployments)) {
    const { name, uid } = deployment.metadata
    const { replicas: wanted = 1 } = deployment.spec
    const own = replicaSets.filter((rs) => controllerOf(rs)?.uid === uid)
    const running = pods.filter((pod) => own.some((rs) => controllerOf(pod)?.uid === rs.metadata.uid) && isReady(pod))
    assert.equal(running.length, wanted, `${name} has as many as it wants (${history})`)
    assert.equal(deployment.status.availableReplicas ?? 0, wanted, `${name} says so (${history})`)
    const image = deployment.spec.template.spec.containers[0]!.image
    assert.ok(
      running.every((pod) => pod.spec.containers[0]!.image === image),
      `${name} has its newest template (${history})`,
    )
  }
  const [set] = await cluster.list(StatefulSets)
  const members = pods.filter((pod) => controllerOf(pod)?.uid === set!.metadata.uid && isReady(pod))
  assert.deepEqual(
    members.map((pod) => pod.metadata.name).toSorted(),
    Array.from({ length: set!.spec.replicas! }, (_, at) => `db-${at}`),
    `the set has its members (${history})`,
  )
  const job = await cluster.get(Jobs, 'work')
  assert.ok(holds(job.status.conditions, 'Complete'), `the Job is complete (${history})`)
  assert.equal(job.status.succeeded, 10, `each success was counted once (${history})`)
  const slices = await cluster.list(EndpointSlices)
  const endpoints = slices.flatMap(({ endpoints: all }) => all.map(({ targetRef }) => targetRef!.name)).toSorted()
  const serving = pods.filter((pod) => pod.metadata.labels?.['app'] === 'a').map((pod) => pod.metadata.name)
  assert.deepEqual(endpoints, serving.toSorted(), `the Service leads to its Pods (${history})`)
  const owners = new Set([...replicaSets, set!, job].map(({ metadata }) => metadata.uid))
  for (const pod of pods) {
    assert.ok(owners.has(controllerOf(pod)?.uid ?? ''), `${pod.metadata.name} belongs to somebody (${history})`)
    assert.ok(!isTerminating(pod), `${pod.metadata.name} is not stuck (${history})`)
  }
}

describe('a simulation with faults', () => {
  for (const seed of SEEDS) it(`comes to the right end, seed ${seed}`, () => simulate(seed))
})
