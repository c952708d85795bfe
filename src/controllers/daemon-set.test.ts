import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { bindDaemons } from '../../test/cluster/bind-daemons.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makeTemplate } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { stableJson } from './template-hash.ts'
import { ControllerRevisions } from '../api/apps/controller-revision.ts'
import { DaemonSets } from '../api/apps/daemon-set.ts'
import type { DaemonSet } from '../api/apps/v1.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import type { PodTemplateSpec } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { daemonSetController } from './daemon-set.ts'
import { isTerminating } from './pods.ts'

function template(version: number, more: Record<string, string> = {}): Draft<PodTemplateSpec> {
  return makeTemplate('logger', {
    annotations: more,
    spec: { containers: [{ name: 'main', image: `registry.test/logger:${version}` }] },
  })
}

function makeDaemonSet(spec: Draft<DaemonSet['spec']> = {}): Draft<DaemonSet> {
  return {
    metadata: { name: 'logger' },
    spec: { selector: { matchLabels: { app: 'logger' } }, template: template(1), ...spec },
  }
}

const start = (t: Parameters<typeof startCluster>[0], count = 3): Promise<TestCluster> =>
  startCluster(t, {
    controllers: [daemonSetController()],
    programs: [bindDaemons],
    nodes: { count, startMs: 1000, stopMs: 1000, labels: (index) => ({ disk: index === 0 ? 'ssd' : 'hdd' }) },
  })

/** The nodes of the Pods, with the version of their image. */
async function places(cluster: TestCluster): Promise<string[]> {
  const pods = (await cluster.list(Pods)).filter((pod) => !isTerminating(pod))
  return pods.map(({ spec }) => `${spec.nodeName}:${spec.containers[0]!.image!.split(':')[1]}`).toSorted()
}

describe('daemonSetController', () => {
  it('keeps one Pod on every node, and says so', async (t) => {
    const cluster = await start(t)
    await cluster.create(DaemonSets, makeDaemonSet())
    await cluster.advance(2000)
    assert.deepEqual(await places(cluster), ['node-1:1', 'node-2:1', 'node-3:1'])
    const { status } = await cluster.get(DaemonSets, 'logger')
    assert.deepEqual(status, {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
      observedGeneration: 1,
    })
    const [revision] = await cluster.list(ControllerRevisions)
    assert.equal(revision!.revision, 1)
    assert.equal(JSON.stringify(revision!.data), stableJson(revision!.data))
    const [pod] = await cluster.list(Pods)
    assert.equal(
      pod!.metadata.labels!['controller-revision-hash'],
      revision!.metadata.labels!['controller-revision-hash'],
    )
    assert.ok(pod!.spec.tolerations!.some(({ key }) => key === 'node.kubernetes.io/unschedulable'))
    assert.deepEqual(cluster.complaints, [])
  })

  it('follows nodes as they come, change and go', async (t) => {
    const cluster = await start(t)
    const spec = makeDaemonSet().spec!
    const only = { ...template(1), spec: { ...template(1).spec, nodeSelector: { disk: 'ssd' } } }
    await cluster.create(DaemonSets, makeDaemonSet({ ...spec, template: only }))
    await cluster.advance(2000)
    assert.deepEqual(await places(cluster), ['node-1:1'])
    await cluster.patch(Nodes, { name: 'node-2' }, { metadata: { labels: { disk: 'ssd' } } })
    await cluster.patch(Nodes, { name: 'node-1' }, { metadata: { labels: { disk: 'hdd' } } })
    await cluster.advance(3000)
    assert.deepEqual(await places(cluster), ['node-2:1'])
  })

  it('keeps off tainted nodes, but leaves a Pod where it is unless it is told to go', async (t) => {
    const cluster = await start(t)
    await cluster.create(DaemonSets, makeDaemonSet())
    await cluster.advance(2000)
    await cluster.patch(Nodes, { name: 'node-1' }, { spec: { taints: [{ key: 'own', effect: 'NoSchedule' }] } })
    await cluster.patch(Nodes, { name: 'node-2' }, { spec: { taints: [{ key: 'own', effect: 'NoExecute' }] } })
    await cluster.patch(
      Nodes,
      { name: 'node-3' },
      { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] } },
    )
    await cluster.advance(3000)
    assert.deepEqual(await places(cluster), ['node-1:1', 'node-3:1'])
    assert.equal((await cluster.get(DaemonSets, 'logger')).status.numberMisscheduled, 1)
  })

  it('replaces a Pod that has failed, later each time', async (t) => {
    const cluster = await start(t, 1)
    await cluster.create(DaemonSets, makeDaemonSet())
    await cluster.advance(2000)
    const waits: number[] = []
    for (let i = 0; i < 7; i++) {
      const [pod] = (await cluster.list(Pods)).filter((one) => !isTerminating(one))
      await cluster.patch(Pods, pod!, { status: { phase: 'Failed' } }, 'status')
      let waitedMs = 0
      for (; (await cluster.find(Pods, pod!.metadata.name)) !== undefined; waitedMs += 500) await cluster.advance(500)
      waits.push(waitedMs)
      await cluster.advance(1000)
    }
    assert.ok(waits[0]! < 1000 && waits[5]! > 10_000 && waits[6]! > waits[5]!, waits.join())
  })

  it('rolls a new template out with as many missing as may be', async (t) => {
    const cluster = await start(t)
    await cluster.create(DaemonSets, makeDaemonSet())
    await cluster.advance(2000)
    await cluster.patch(DaemonSets, { name: 'logger' }, { spec: { template: template(2) } })
    const available: number[] = []
    await cluster.eventually(DaemonSets, ([daemonSet]) => {
      available.push(daemonSet!.status.numberAvailable ?? 0)
      assert.equal(daemonSet!.status.updatedNumberScheduled, 3)
      assert.equal(daemonSet!.status.numberAvailable, 3)
    })
    assert.ok(Math.min(...available) >= 2, available.join())
    assert.deepEqual(await places(cluster), ['node-1:2', 'node-2:2', 'node-3:2'])
  })

  it('goes back to a former version without touching Pods that have it', async (t) => {
    const cluster = await start(t)
    await cluster.create(DaemonSets, makeDaemonSet())
    await cluster.advance(2000)
    const before = new Set((await cluster.list(Pods)).map((pod) => pod.metadata.uid))
    await cluster.patch(
      DaemonSets,
      { name: 'logger' },
      { spec: { template: template(2, { [simulation.ready]: 'false' }) } },
    )
    await cluster.advance(5000)
    assert.equal((await places(cluster)).filter((place) => place.endsWith(':1')).length, 2)
    await cluster.patch(
      DaemonSets,
      { name: 'logger' },
      { spec: { template: { ...template(1), metadata: { annotations: null } } } },
    )
    await cluster.advance(5000)
    const after = (await cluster.list(Pods)).filter((pod) => before.has(pod.metadata.uid))
    assert.equal(after.length, 2)
    assert.deepEqual(await places(cluster), ['node-1:1', 'node-2:1', 'node-3:1'])
    const revisions = (await cluster.list(ControllerRevisions)).map(({ revision }) => revision).toSorted()
    assert.deepEqual(revisions, [2, 3])
  })

  it('puts the new beside the old while it has not come up, when it may surge', async (t) => {
    const cluster = await start(t)
    const updateStrategy = { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
    await cluster.create(DaemonSets, makeDaemonSet({ updateStrategy }))
    await cluster.advance(2000)
    await cluster.patch(DaemonSets, { name: 'logger' }, { spec: { template: template(2) } })
    const available: number[] = []
    await cluster.eventually(DaemonSets, ([daemonSet]) => {
      available.push(daemonSet!.status.numberAvailable ?? 0)
      assert.equal(daemonSet!.status.updatedNumberScheduled, 3)
    })
    assert.ok(Math.min(...available) >= 3, available.join())
    await cluster.advance(5000)
    assert.deepEqual(await places(cluster), ['node-1:2', 'node-2:2', 'node-3:2'])
  })

  it('leaves old Pods alone until they are deleted, when told so', async (t) => {
    const cluster = await start(t)
    await cluster.create(DaemonSets, makeDaemonSet({ updateStrategy: { type: 'OnDelete' } }))
    await cluster.advance(2000)
    await cluster.patch(DaemonSets, { name: 'logger' }, { spec: { template: template(2) } })
    await cluster.advance(5000)
    assert.deepEqual(await places(cluster), ['node-1:1', 'node-2:1', 'node-3:1'])
    const pod = (await cluster.list(Pods)).find(({ spec }) => spec.nodeName === 'node-2')
    await cluster.delete(Pods, pod!)
    await cluster.advance(5000)
    assert.deepEqual(await places(cluster), ['node-1:1', 'node-2:2', 'node-3:1'])
  })

  it('keeps as many versions as its history says', async (t) => {
    const cluster = await start(t, 1)
    await cluster.create(DaemonSets, makeDaemonSet({ revisionHistoryLimit: 1 }))
    for (let version = 2; version <= 5; version++) {
      await cluster.advance(5000)
      await cluster.patch(DaemonSets, { name: 'logger' }, { spec: { template: template(version) } })
    }
    await cluster.advance(5000)
    assert.deepEqual((await cluster.list(ControllerRevisions)).map(({ revision }) => revision).toSorted(), [4, 5])
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [daemonSetController()],
      cluster: { nodes: { count: 2, startMs: 100, stopMs: 100 }, programs: [bindDaemons] },
      lifeMs: 5000,
      async arrange(cluster) {
        await cluster.restart([daemonSetController()])
        await cluster.create(DaemonSets, makeDaemonSet())
        await cluster.advance(1000)
        await cluster.restart([])
        await cluster.patch(DaemonSets, { name: 'logger' }, { spec: { template: template(2) } })
      },
      async check(cluster) {
        assert.deepEqual(await places(cluster), ['node-1:2', 'node-2:2'])
        assert.deepEqual((await cluster.list(ControllerRevisions)).map(({ revision }) => revision).toSorted(), [1, 2])
      },
    }))
})
