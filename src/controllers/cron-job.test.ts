import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makePodSpec } from '../../test/cluster/makers.ts'
import { CronJobs } from '../api/batch/cron-job.ts'
import { Jobs } from '../api/batch/job.ts'
import type { CronJob, Job } from '../api/batch/v1.ts'
import { Events } from '../api/core/event.ts'
import type { Draft } from '../api/meta/schema.ts'
import { cronJobController } from './cron-job.ts'
import { missedTimes, parseSchedule } from './cron-job/schedule.ts'
import { garbageCollector } from './garbage-collector.ts'
import { ttlAfterFinishedController } from './ttl-after-finished.ts'

const MINUTE = 60_000

function makeCronJob(spec: Draft<CronJob['spec']>): Draft<CronJob> {
  const jobSpec = { template: { spec: makePodSpec({ restartPolicy: 'Never' }) } }
  return {
    metadata: { name: 'tick' },
    spec: { schedule: '* * * * *', jobTemplate: { metadata: { labels: { own: 'yes' } }, spec: jobSpec }, ...spec },
  }
}

async function finish(cluster: TestCluster, job: Job, type: 'Complete' | 'Failed' = 'Complete'): Promise<void> {
  const now = new Date(cluster.clock.now()).toISOString().replace('.000', '')
  const conditions = [{ type, status: 'True', lastTransitionTime: now }]
  const status = {
    conditions,
    startTime: job.status.startTime ?? now,
    ...(type === 'Complete' && { completionTime: now }),
  }
  await cluster.patch(Jobs, job, { status }, 'status')
}

const names = async (cluster: TestCluster): Promise<string[]> =>
  (await cluster.list(Jobs)).map((job) => job.metadata.name)
const start = (t: Parameters<typeof startCluster>[0]): Promise<TestCluster> =>
  startCluster(t, { controllers: [cronJobController] })

describe('cronJobController', () => {
  it('starts a Job at each time, named for it', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({}))
    await cluster.advance(30_000)
    assert.deepEqual(await names(cluster), [])
    await cluster.advance(31_000)
    const [job] = await cluster.list(Jobs)
    const minute = Date.UTC(2026, 0, 1, 0, 1) / MINUTE
    assert.equal(job!.metadata.name, `tick-${minute}`)
    assert.equal(job!.metadata.labels!['own'], 'yes')
    assert.equal(job!.metadata.annotations!['batch.kubernetes.io/cronjob-scheduled-timestamp'], '2026-01-01T00:01:00Z')
    assert.equal(job!.metadata.ownerReferences![0]!.kind, 'CronJob')
    let { status } = await cluster.get(CronJobs, 'tick')
    assert.equal(status.lastScheduleTime, '2026-01-01T00:01:00Z')
    assert.deepEqual(
      status.active!.map((one) => one.name),
      [job!.metadata.name],
    )
    await cluster.advance(MINUTE)
    assert.equal((await cluster.list(Jobs)).length, 2)
    await finish(cluster, job!)
    await cluster.settle()
    status = (await cluster.get(CronJobs, 'tick')).status
    assert.deepEqual(
      status.active!.map((one) => one.name),
      [`tick-${minute + 1}`],
    )
    assert.equal(status.lastSuccessfulTime, '2026-01-01T00:02:01Z')
    assert.deepEqual(cluster.complaints, [])
  })

  it('keeps an hour in a moment', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ schedule: '*/10 * * * *' }))
    await cluster.advance(60 * MINUTE + 1000)
    assert.equal((await cluster.list(Jobs)).length, 6)
  })

  it('does not start another one while one runs, when that is forbidden, and catches up when it may', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ concurrencyPolicy: 'Forbid' }))
    await cluster.advance(3 * MINUTE + 1000)
    assert.equal((await cluster.list(Jobs)).length, 1)
    assert.ok((await cluster.list(Events)).some((event) => event.reason === 'JobAlreadyActive'))
    await finish(cluster, (await cluster.list(Jobs))[0]!)
    await cluster.settle()
    const minute = Date.UTC(2026, 0, 1, 0, 3) / MINUTE
    assert.ok((await names(cluster)).includes(`tick-${minute}`), 'the latest time that was missed')
  })

  it('ends the one that runs, when it is to be replaced', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ concurrencyPolicy: 'Replace' }))
    await cluster.advance(3 * MINUTE + 1000)
    assert.deepEqual(await names(cluster), [`tick-${Date.UTC(2026, 0, 1, 0, 3) / MINUTE}`])
    assert.equal((await cluster.get(CronJobs, 'tick')).status.active!.length, 1)
  })

  it('starts nothing while it is suspended, and only the last one after that', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ suspend: true }))
    await cluster.advance(5 * MINUTE + 1000)
    assert.deepEqual(await names(cluster), [])
    await cluster.patch(CronJobs, { name: 'tick' }, { spec: { suspend: false } })
    await cluster.settle()
    assert.deepEqual(await names(cluster), [`tick-${Date.UTC(2026, 0, 1, 0, 5) / MINUTE}`])
  })

  it('does not start what is too late', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ suspend: true, startingDeadlineSeconds: 20 }))
    await cluster.advance(5 * MINUTE + 30_000)
    await cluster.patch(CronJobs, { name: 'tick' }, { spec: { suspend: false } })
    await cluster.settle()
    assert.deepEqual(await names(cluster), [])
    await cluster.advance(31_000)
    assert.equal((await cluster.list(Jobs)).length, 1)
  })

  it('keeps as many that have ended as its history says', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 1 }))
    for (let i = 0; i < 8; i++) {
      await cluster.advance(MINUTE + 1)
      const running = (await cluster.list(Jobs)).filter((job) => (job.status.conditions ?? []).length === 0)
      for (const job of running) await finish(cluster, job, i % 2 === 0 ? 'Complete' : 'Failed')
      await cluster.settle()
    }
    const outcomes = (await cluster.list(Jobs)).flatMap((job) => job.status.conditions?.[0]?.type ?? [])
    assert.deepEqual(outcomes.toSorted(), ['Complete', 'Complete', 'Failed'])
  })

  it('says that it does not understand its schedule', async (t) => {
    const cluster = await start(t)
    await cluster.create(CronJobs, makeCronJob({ timeZone: 'Moon/Crater' })).catch(() => undefined)
    await cluster.advance(MINUTE)
    if (await cluster.find(CronJobs, 'tick'))
      assert.ok(cluster.decisions.some((one) => one.reason === 'UnparseableSchedule'))
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [cronJobController],
      lifeMs: 90_000,
      arrange: async (cluster) => void (await cluster.create(CronJobs, makeCronJob({ concurrencyPolicy: 'Forbid' }))),
      async check(cluster) {
        assert.deepEqual(await names(cluster), [`tick-${Date.UTC(2026, 0, 1, 0, 1) / MINUTE}`])
        const { status } = await cluster.get(CronJobs, 'tick')
        assert.deepEqual([status.active!.length, status.lastScheduleTime], [1, '2026-01-01T00:01:00Z'])
      },
    }))
})

describe('ttlAfterFinishedController', () => {
  it('deletes a Job when its time is over, and not before', async (t) => {
    const cluster = await startCluster(t, { controllers: [ttlAfterFinishedController, garbageCollector] })
    const spec = { template: { spec: makePodSpec({ restartPolicy: 'Never' }) } }
    const job = await cluster.create(Jobs, { metadata: { name: 'a' }, spec: { ...spec, ttlSecondsAfterFinished: 60 } })
    const kept = await cluster.create(Jobs, { metadata: { name: 'b' }, spec })
    await cluster.create(Jobs, { metadata: { name: 'c' }, spec: { ...spec, ttlSecondsAfterFinished: 0 } })
    await finish(cluster, job)
    await finish(cluster, kept)
    await cluster.advance(59_000)
    assert.deepEqual(await names(cluster), ['a', 'b', 'c'])
    await cluster.advance(2000)
    assert.deepEqual(await names(cluster), ['b', 'c'])
  })
})

describe('parseSchedule', () => {
  const at = (text: string): number => Date.parse(text)
  const next = (schedule: string, after: string, zone?: string): string | undefined => {
    const ms = parseSchedule(schedule, zone).next(at(after))
    return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16)
  }

  it('reads what cron says', () => {
    assert.equal(next('*/15 * * * *', '2026-01-01T00:07:00Z'), '2026-01-01T00:15')
    assert.equal(next('0 9 * * 1-5', '2026-01-02T10:00:00Z'), '2026-01-05T09:00')
    assert.equal(next('0 0 ? * ?', '2026-01-01T00:00:00Z'), '2026-01-02T00:00')
    assert.equal(next('@hourly', '2026-01-01T00:00:00Z'), '2026-01-01T01:00')
    assert.equal(next('@every 90m', '2026-01-01T00:00:00Z'), '2026-01-01T01:30')
    assert.equal(next('0 0 31 2 *', '2026-01-01T00:00:00Z'), undefined)
    assert.equal(next('0 12 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin'), '2026-07-01T10:00')
  })

  it('throws for what it does not understand', () => {
    for (const text of ['', '* * * *', '61 * * * *', '@never', '@every x'])
      assert.throws(() => parseSchedule(text), /unparseable schedule/)
    assert.throws(() => parseSchedule('* * * * *', 'Moon/Crater'))
  })

  it('finds the last of many that were missed without going through all of them', () => {
    const missed = missedTimes(parseSchedule('* * * * *'), at('2020-01-01T00:00:00Z'), at('2026-01-01T12:34:56Z'))
    assert.equal(new Date(missed.lastMs!).toISOString(), '2026-01-01T12:34:00.000Z')
    assert.equal(missed.count, 101)
    assert.deepEqual(missedTimes(parseSchedule('0 0 1 1 *'), at('2026-01-01T00:00:00Z'), at('2026-06-01T00:00:00Z')), {
      lastMs: undefined,
      count: 0,
    })
  })
})
