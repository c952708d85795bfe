import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { Events } from '../api/core/event.ts'
import type { Event } from '../api/core/v1.ts'
import { silentLogger } from '../lib/log.ts'
import { eventRecorder } from './event-recorder.ts'
import type { EventRecorder, EventSubject } from './event-recorder.ts'

const pod: EventSubject = { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name: 'web', uid: 'u' }

const makeRecorder = (cluster: TestCluster): EventRecorder =>
  eventRecorder({
    client: cluster.client,
    clock: cluster.clock,
    log: silentLogger,
    component: 'tester',
    host: 'node-1',
  })

async function told(cluster: TestCluster, recorder: EventRecorder): Promise<Event[]> {
  await recorder.flushed()
  return cluster.list(Events)
}

describe('eventRecorder', () => {
  it('says who said what about whom, and when', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    recorder.event({ ...pod, fieldPath: 'spec.containers{main}' }, 'Normal', 'Started', 'Started container main')
    const [event] = await told(cluster, recorder)
    assert.match(event!.metadata.name, /^web\.[0-9a-f]{16}$/)
    assert.deepEqual(event!.involvedObject, { ...pod, fieldPath: 'spec.containers{main}' })
    assert.deepEqual(
      [event!.type, event!.reason, event!.message, event!.count],
      ['Normal', 'Started', 'Started container main', 1],
    )
    assert.deepEqual(event!.source, { component: 'tester', host: 'node-1' })
    assert.deepEqual([event!.reportingComponent, event!.reportingInstance], ['tester', 'node-1'])
    assert.deepEqual([event!.firstTimestamp, event!.lastTimestamp], ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'])
  })

  it('raises the count of what is said again, and keeps when it was first said', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    for (let i = 0; i < 3; i++) recorder.event(pod, 'Warning', 'BackOff', 'again')
    await cluster.advance(5000)
    recorder.event(pod, 'Warning', 'BackOff', 'again')
    const events = await told(cluster, recorder)
    assert.equal(events.length, 1)
    assert.deepEqual(
      [events[0]!.count, events[0]!.firstTimestamp, events[0]!.lastTimestamp],
      [4, '2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z'],
    )
  })

  it('says it anew when the Event is not there any more', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    recorder.event(pod, 'Warning', 'BackOff', 'again')
    await cluster.delete(Events, (await told(cluster, recorder))[0]!)
    recorder.event(pod, 'Warning', 'BackOff', 'again')
    assert.deepEqual(
      (await told(cluster, recorder)).map(({ count }) => count),
      [1],
    )
  })

  it('says in one line what differs only in its message, after ten', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    for (let i = 0; i < 14; i++) recorder.event(pod, 'Normal', 'Created', `number ${i}`)
    const events = await told(cluster, recorder)
    assert.equal(events.length, 11)
    const combined = events.find(({ message }) => message!.startsWith('(combined from similar events): '))
    assert.deepEqual([combined!.count, combined!.message], [4, '(combined from similar events): number 13'])
  })

  it('cuts off who says too much about one object, and lets him speak again later', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    for (let i = 0; i < 100; i++) recorder.event(pod, 'Warning', 'Failing', 'no')
    recorder.event({ ...pod, name: 'other', uid: 'v' }, 'Warning', 'Failing', 'no')
    const count = async (): Promise<number[]> => (await told(cluster, recorder)).map((event) => event.count!).toSorted()
    assert.deepEqual(await count(), [1, 25])
    await cluster.advance(300_000)
    for (let i = 0; i < 10; i++) recorder.event(pod, 'Warning', 'Failing', 'no')
    assert.deepEqual(await count(), [1, 26])
  })

  it('keeps Events about what stands in no namespace in that of the system', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    recorder.event({ kind: 'Node', apiVersion: 'v1', name: 'node-1', uid: 'n' }, 'Normal', 'Ready', 'ready')
    assert.equal((await told(cluster, recorder))[0]!.metadata.namespace, 'default')
  })

  it('rests while the server is slow, until somebody waits for the last word', async (t) => {
    const cluster = await startCluster(t)
    const { clock } = cluster
    let asked = 0
    const create = async (): Promise<object> => {
      asked++
      await clock.sleep(100)
      return {}
    }
    const client = { create } as unknown as TestCluster['client']
    const recorder = eventRecorder({ client, clock, log: silentLogger, component: 'tester' })
    for (let i = 0; i < 40; i++) recorder.event({ ...pod, uid: `u${i}` }, 'Normal', 'Started', 'x')
    assert.equal(asked, 8)
    await cluster.advance(499)
    assert.equal(asked, 8)
    await cluster.advance(1)
    assert.equal(asked, 16)
    await cluster.advance(100)
    const flushed = recorder.flushed()
    assert.equal(asked, 24)
    await cluster.advance(200)
    assert.equal(asked, 40)
    await cluster.advance(100)
    await flushed
  })

  it('gives up quietly on a namespace that takes nothing', async (t) => {
    const cluster = await startCluster(t)
    const recorder = makeRecorder(cluster)
    recorder.event({ ...pod, namespace: 'nowhere' }, 'Normal', 'Started', 'x')
    assert.ok((await told(cluster, recorder)).length <= 1)
  })
})
