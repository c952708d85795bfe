import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { ClusterOptions, TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makePodSpec } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { Jobs } from '../api/batch/job.ts'
import type { Job } from '../api/batch/v1.ts'
import { Events } from '../api/core/event.ts'
import { Pods } from '../api/core/pod.ts'
import type { Pod } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { garbageCollector } from './garbage-collector.ts'
import { jobController, jobPodController } from './job.ts'
import { formatIndexes, indexAnnotation, parseIndexes } from './job/indexes.ts'
import { isFinished, isTracked } from './job/observe.ts'

const controllers = [jobController, jobPodController]

interface Run {
  /** How its Pods end, and after how long; they go on until they are stopped without a code. */
  readonly exitCode?: number
  readonly runMs?: number
  readonly restartPolicy?: 'Never' | 'OnFailure'
}

function makeJob(name: string, run: Run, spec: Draft<Job['spec']> = {}): Draft<Job> {
  const { exitCode, runMs = 1000, restartPolicy = 'Never' } = run
  const annotations = {
    ...(exitCode !== undefined && { [simulation.exitCode]: String(exitCode) }),
    [simulation.runMs]: String(runMs),
  }
  return {
    metadata: { name },
    spec: {
      template: { metadata: { annotations }, spec: makePodSpec({ nodeName: 'node-1', restartPolicy }) },
      ...spec,
    },
  }
}

const start = (t: Parameters<typeof startCluster>[0], more: ClusterOptions['nodes'] = {}): Promise<TestCluster> =>
  startCluster(t, { controllers, nodes: { count: 1, ...(more as object) } })

const conditionsOf = (job: Job): string[] =>
  (job.status.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`)

async function phases(cluster: TestCluster): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const pod of await cluster.list(Pods)) counts[pod.status.phase ?? ''] = (counts[pod.status.phase ?? ''] ?? 0) + 1
  return counts
}

const indexesOf = (pods: Pod[]): string[] => pods.map((pod) => pod.metadata.annotations![indexAnnotation]!).toSorted()

describe('jobController', () => {
  it('runs as many as are asked for, no more than allowed at once, and is complete', async (t) => {
    const cluster = await start(t)
    await cluster.create(Jobs, makeJob('work', { exitCode: 0 }, { completions: 5, parallelism: 2 }))
    await cluster.settle()
    let job = await cluster.get(Jobs, 'work')
    assert.deepEqual([job.status.active, job.status.ready, job.status.terminating], [2, 2, 0])
    assert.ok((await cluster.list(Pods)).every(isTracked))
    await cluster.advance(1000)
    job = await cluster.get(Jobs, 'work')
    assert.deepEqual([job.status.active, job.status.succeeded], [2, 2])
    await cluster.advance(5000)
    job = await cluster.get(Jobs, 'work')
    assert.deepEqual(conditionsOf(job), [
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ])
    assert.deepEqual([job.status.active, job.status.succeeded, job.status.failed], [undefined, 5, undefined])
    assert.ok(job.status.completionTime !== undefined && job.status.startTime !== undefined)
    assert.deepEqual(job.status.uncountedTerminatedPods, {})
    assert.deepEqual(await phases(cluster), { Succeeded: 5 })
    assert.ok(!(await cluster.list(Pods)).some(isTracked), 'all Pods may go')
    assert.deepEqual(cluster.complaints, [])
    assert.ok((await cluster.list(Events)).some((event) => event.reason === 'Completed'))
  })

  it('tries again what fails, later each time, until the limit', async (t) => {
    const cluster = await start(t)
    await cluster.create(Jobs, makeJob('work', { exitCode: 1, runMs: 0 }, { backoffLimit: 2 }))
    await cluster.settle()
    assert.deepEqual(await phases(cluster), { Failed: 1 })
    await cluster.advance(9000)
    assert.deepEqual(await phases(cluster), { Failed: 1 })
    await cluster.advance(1000)
    assert.deepEqual(await phases(cluster), { Failed: 2 })
    await cluster.advance(19_000)
    assert.deepEqual(await phases(cluster), { Failed: 2 })
    await cluster.advance(1000)
    assert.deepEqual(await phases(cluster), { Failed: 3 })
    const job = await cluster.get(Jobs, 'work')
    assert.deepEqual(conditionsOf(job), ['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded'])
    assert.equal(job.status.failed, 3)
    assert.equal(job.status.completionTime, undefined)
  })

  it('ends what still runs when it fails, and has failed only when that has ended', async (t) => {
    const cluster = await start(t, { stopMs: 5000 })
    await cluster.create(Jobs, makeJob('work', {}, { parallelism: 2, completions: 2, activeDeadlineSeconds: 60 }))
    await cluster.advance(60_000)
    let job = await cluster.get(Jobs, 'work')
    assert.deepEqual(conditionsOf(job), ['FailureTarget=True DeadlineExceeded'])
    assert.deepEqual([job.status.active, job.status.terminating, job.status.failed], [undefined, 2, 2])
    await cluster.advance(5000)
    job = await cluster.get(Jobs, 'work')
    assert.deepEqual(conditionsOf(job), ['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'])
    assert.equal(job.status.terminating, 0)
  })

  it('counts the restarts of containers in their Pods', async (t) => {
    const cluster = await start(t)
    const run: Run = { exitCode: 1, runMs: 1000, restartPolicy: 'OnFailure' }
    await cluster.create(Jobs, makeJob('work', run, { backoffLimit: 3 }))
    await cluster.advance(2500)
    assert.deepEqual(await phases(cluster), { Running: 1 })
    await cluster.advance(5000)
    assert.deepEqual(conditionsOf(await cluster.get(Jobs, 'work')).at(-1), 'Failed=True BackoffLimitExceeded')
  })

  it('is complete with the first success when it says no number, once the others have ended', async (t) => {
    const cluster = await start(t)
    const job = makeJob('work', { exitCode: 0, runMs: 5000 }, { parallelism: 3 })
    await cluster.create(Jobs, job)
    await cluster.settle()
    const [first] = await cluster.list(Pods)
    await cluster.patch(Pods, first!, { status: { phase: 'Succeeded' } }, 'status')
    await cluster.settle()
    assert.deepEqual(await phases(cluster), { Running: 2, Succeeded: 1 })
    assert.ok(!isFinished(await cluster.get(Jobs, 'work')))
    await cluster.advance(6000)
    assert.equal((await cluster.get(Jobs, 'work')).status.succeeded, 3)
    assert.ok(isFinished(await cluster.get(Jobs, 'work')))
  })

  it('ends its Pods while it is suspended, and begins anew when it is resumed', async (t) => {
    const cluster = await start(t)
    await cluster.create(Jobs, makeJob('work', {}, { parallelism: 2, completions: 2, suspend: true }))
    await cluster.advance(10_000)
    let job = await cluster.get(Jobs, 'work')
    assert.deepEqual(
      [await phases(cluster), job.status.startTime, conditionsOf(job)],
      [{}, undefined, ['Suspended=True JobSuspended']],
    )
    await cluster.patch(Jobs, { name: 'work' }, { spec: { suspend: false } })
    await cluster.settle()
    job = await cluster.get(Jobs, 'work')
    assert.deepEqual([await phases(cluster), conditionsOf(job)], [{ Running: 2 }, ['Suspended=False JobResumed']])
    assert.equal(job.status.startTime, '2026-01-01T00:00:10Z')
    await cluster.patch(Jobs, { name: 'work' }, { spec: { suspend: true } })
    await cluster.settle()
    job = await cluster.get(Jobs, 'work')
    assert.deepEqual([await phases(cluster), job.status.active, job.status.failed], [{}, undefined, undefined])
  })

  it('adopts and lets go of Pods by their labels', async (t) => {
    const cluster = await start(t)
    await cluster.create(Jobs, makeJob('work', {}, { parallelism: 1 }))
    await cluster.settle()
    const [pod] = await cluster.list(Pods)
    const labels = pod!.metadata.labels!
    await cluster.patch(Pods, pod!, {
      metadata: { labels: Object.fromEntries(Object.keys(labels).map((key) => [key, null])) },
    })
    await cluster.settle()
    const released = await cluster.get(Pods, pod!.metadata.name)
    assert.deepEqual([released.metadata.ownerReferences, isTracked(released)], [undefined, false])
    assert.equal((await cluster.list(Pods)).length, 2)
    await cluster.restart([])
    await cluster.patch(Jobs, { name: 'work' }, { spec: { parallelism: 2 } })
    await cluster.patch(Pods, released, { metadata: { labels } })
    await cluster.restart(controllers)
    await cluster.settle()
    const adopted = await cluster.get(Pods, pod!.metadata.name)
    assert.deepEqual([adopted.metadata.ownerReferences?.[0]?.name, isTracked(adopted)], ['work', true])
    assert.equal((await cluster.list(Pods)).length, 2)
  })

  it('leaves a Job to another controller that it names', async (t) => {
    const cluster = await start(t)
    await cluster.create(Jobs, makeJob('work', {}, { managedBy: 'example.com/queue' }))
    await cluster.settle()
    assert.deepEqual(await phases(cluster), {})
  })

  it('lets its Pods go when it is deleted', async (t) => {
    const cluster = await startCluster(t, { controllers: [...controllers, garbageCollector], nodes: 1 })
    for (const [name, propagationPolicy] of [
      ['a', 'Background'],
      ['b', 'Foreground'],
    ] as const) {
      await cluster.create(Jobs, makeJob(name, {}, { parallelism: 2 }))
      await cluster.settle()
      await cluster.delete(Jobs, await cluster.get(Jobs, name), { propagationPolicy })
      await cluster.advance(60_000)
      assert.deepEqual([await cluster.list(Jobs), await phases(cluster)], [[], {}])
    }
  })

  describe('with indexes', () => {
    const indexed = { completionMode: 'Indexed' as const }

    it('runs each index once, and tells the Pod which it is', async (t) => {
      const cluster = await start(t)
      await cluster.create(Jobs, makeJob('work', { exitCode: 0 }, { ...indexed, completions: 4, parallelism: 2 }))
      await cluster.settle()
      const [pod] = await cluster.list(Pods)
      const index = pod!.metadata.annotations![indexAnnotation]
      assert.match(pod!.metadata.name, new RegExp(`^work-${index}-[a-z0-9]{5}$`))
      assert.equal(pod!.spec.hostname, `work-${index}`)
      assert.equal(pod!.metadata.labels![indexAnnotation], index)
      const variable = pod!.spec.containers[0]!.env!.find((one) => one.name === 'JOB_COMPLETION_INDEX')
      assert.equal(variable!.valueFrom!.fieldRef!.fieldPath, `metadata.labels['${indexAnnotation}']`)
      await cluster.advance(5000)
      const job = await cluster.get(Jobs, 'work')
      assert.deepEqual([job.status.completedIndexes, job.status.succeeded], ['0-3', 4])
      assert.ok(isFinished(job))
      assert.deepEqual(indexesOf(await cluster.list(Pods)), ['0', '1', '2', '3'])
    })

    it('gives up on an index by itself, and fails with the others done', async (t) => {
      const cluster = await start(t)
      const spec = { ...indexed, completions: 3, parallelism: 3, backoffLimitPerIndex: 1 }
      await cluster.create(Jobs, makeJob('work', { runMs: 600_000 }, spec))
      await cluster.settle()
      const end = async (which: string, phase: 'Succeeded' | 'Failed'): Promise<void> => {
        for (const pod of await cluster.list(Pods)) {
          if (pod.metadata.annotations![indexAnnotation] !== which || pod.status.phase !== 'Running') continue
          await cluster.patch(Pods, pod, { status: { phase } }, 'status')
        }
        await cluster.advance(30_000)
      }
      await end('0', 'Succeeded')
      await end('1', 'Failed')
      const retried = (await cluster.list(Pods)).find(
        (pod) => pod.status.phase === 'Running' && pod.metadata.annotations![indexAnnotation] === '1',
      )
      assert.equal(retried!.metadata.annotations!['batch.kubernetes.io/job-index-failure-count'], '1')
      await end('1', 'Failed')
      let job = await cluster.get(Jobs, 'work')
      assert.deepEqual([job.status.completedIndexes, job.status.failedIndexes, isFinished(job)], ['0', '1', false])
      await end('2', 'Succeeded')
      job = await cluster.get(Jobs, 'work')
      assert.deepEqual([job.status.completedIndexes, job.status.failedIndexes], ['0,2', '1'])
      assert.equal(conditionsOf(job).at(-1), 'Failed=True FailedIndexes')
    })

    it('fails when too many indexes have failed', async (t) => {
      const cluster = await start(t)
      const spec = { ...indexed, completions: 5, parallelism: 5, backoffLimitPerIndex: 0, maxFailedIndexes: 2 }
      await cluster.create(Jobs, makeJob('work', { exitCode: 3 }, spec))
      await cluster.advance(5000)
      assert.equal(conditionsOf(await cluster.get(Jobs, 'work')).at(-1), 'Failed=True MaxFailedIndexesExceeded')
    })

    it('is content with what its success policy says, and ends the rest', async (t) => {
      const cluster = await start(t)
      const spec = {
        ...indexed,
        completions: 4,
        parallelism: 4,
        successPolicy: { rules: [{ succeededIndexes: '1-3', succeededCount: 1 }] },
      }
      await cluster.create(Jobs, makeJob('work', { runMs: 600_000 }, spec))
      await cluster.settle()
      for (const which of ['0', '2']) {
        const pod = (await cluster.list(Pods)).find((one) => one.metadata.annotations![indexAnnotation] === which)
        await cluster.patch(Pods, pod!, { status: { phase: 'Succeeded' } }, 'status')
        await cluster.settle()
      }
      const job = await cluster.get(Jobs, 'work')
      assert.deepEqual(conditionsOf(job), ['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy'])
      assert.equal(job.status.conditions![0]!.message, 'Matched rules at index 0')
      assert.deepEqual([job.status.completedIndexes, job.status.failed], ['0,2', undefined])
      assert.deepEqual(await phases(cluster), { Succeeded: 2 })
    })
  })

  describe('with a policy for failures', () => {
    const onCode = (action: string, code: number): Draft<Job['spec']> => ({
      podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values: [code] } }] } as never,
    })

    it('fails at once for a code that is hopeless', async (t) => {
      const cluster = await start(t)
      await cluster.create(Jobs, makeJob('work', { exitCode: 42 }, onCode('FailJob', 42)))
      await cluster.advance(2000)
      const job = await cluster.get(Jobs, 'work')
      assert.deepEqual(conditionsOf(job), ['FailureTarget=True PodFailurePolicy', 'Failed=True PodFailurePolicy'])
      assert.match(
        job.status.conditions![0]!.message!,
        /^Container main for pod default\/work-\w+ failed with exit code 42 matching FailJob rule at index 0$/,
      )
    })

    it('does not count what it is told to ignore', async (t) => {
      const cluster = await start(t)
      await cluster.create(
        Jobs,
        makeJob('work', { exitCode: 42, runMs: 0 }, { ...onCode('Ignore', 42), backoffLimit: 0 }),
      )
      await cluster.advance(60_000)
      const job = await cluster.get(Jobs, 'work')
      assert.deepEqual([conditionsOf(job), job.status.failed], [[], undefined])
      assert.ok((await cluster.list(Pods)).length >= 3)
    })

    it('ignores a disruption when it is told to', async (t) => {
      const cluster = await start(t)
      const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }]
      await cluster.create(Jobs, makeJob('work', {}, { backoffLimit: 0, podFailurePolicy: { rules } as never }))
      await cluster.settle()
      const [pod] = await cluster.list(Pods)
      const conditions = [{ type: 'DisruptionTarget', status: 'True' }]
      await cluster.patch(Pods, pod!, { status: { phase: 'Failed', conditions } }, 'status')
      await cluster.advance(30_000)
      assert.deepEqual(await phases(cluster), { Failed: 1, Running: 1 })
    })

    it('fails an index for good for a code that is hopeless for it', async (t) => {
      const cluster = await start(t)
      const spec = { completionMode: 'Indexed' as const, completions: 2, parallelism: 2, backoffLimitPerIndex: 5 }
      await cluster.create(Jobs, makeJob('work', { exitCode: 42 }, { ...spec, ...onCode('FailIndex', 42) }))
      await cluster.advance(5000)
      const job = await cluster.get(Jobs, 'work')
      assert.deepEqual([job.status.failedIndexes, conditionsOf(job).at(-1)], ['0,1', 'Failed=True FailedIndexes'])
    })
  })

  it('replaces a Pod that is ending only when it has, if told so', async (t) => {
    const cluster = await start(t, { stopMs: 5000 })
    await cluster.create(Jobs, makeJob('work', {}, { podReplacementPolicy: 'Failed' }))
    await cluster.settle()
    await cluster.delete(Pods, (await cluster.list(Pods))[0]!)
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 1)
    assert.equal((await cluster.get(Jobs, 'work')).status.terminating, 1)
    await cluster.advance(20_000)
    assert.deepEqual(await phases(cluster), { Running: 1 })
  })

  it('lets a Pod go whose Job went while nobody looked', async (t) => {
    const cluster = await start(t)
    await cluster.create(Jobs, makeJob('work', {}))
    await cluster.settle()
    await cluster.restart([])
    await cluster.delete(Jobs, await cluster.get(Jobs, 'work'), { propagationPolicy: 'Background' })
    await cluster.restart([...controllers, garbageCollector])
    await cluster.advance(60_000)
    assert.deepEqual(await phases(cluster), {})
  })

  for (const [what, run, spec] of [
    ['succeeds', { exitCode: 0 }, { completions: 3, parallelism: 2 }],
    ['fails', { exitCode: 1 }, { completions: 2, parallelism: 2, backoffLimit: 0 }],
    ['has indexes', { exitCode: 0 }, { completions: 3, parallelism: 2, completionMode: 'Indexed' }],
  ] as const) {
    it(`ends as it should wherever it is cut off: one that ${what}`, (t) =>
      crashAtEveryWrite(t, {
        controllers: () => controllers,
        cluster: { nodes: 1 },
        lifeMs: 8000,
        arrange: async (cluster) => void (await cluster.create(Jobs, makeJob('work', run, spec))),
        async check(cluster) {
          const job = await cluster.get(Jobs, 'work')
          const isSuccess = run.exitCode === 0
          assert.equal(conditionsOf(job).at(-1)?.split('=')[0], isSuccess ? 'Complete' : 'Failed')
          if (isSuccess) assert.deepEqual([job.status.succeeded, job.status.failed], [3, undefined])
          else assert.ok(job.status.failed === 1 || job.status.failed === 2)
          assert.ok(!(await cluster.list(Pods)).some(isTracked))
          if (isSuccess) assert.deepEqual(await phases(cluster), { Succeeded: 3 })
        },
      }))
  }
})

describe('indexes', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), (list) => {
        const set = new Set(list)
        assert.deepEqual(
          [...parseIndexes(formatIndexes(set), 100)].toSorted((a, b) => a - b),
          list.toSorted((a, b) => a - b),
        )
      }),
    )
  })

  it('joins three or more in a row, and leaves out nonsense', () => {
    assert.equal(formatIndexes(new Set([5, 1, 2, 3, 7, 8])), '1-3,5,7,8')
    assert.deepEqual([...parseIndexes('1,x,3-5,9-20', 11)], [1, 3, 4, 5, 9, 10])
  })
})
