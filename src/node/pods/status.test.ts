import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Pod, PodStatus } from '../../api/core/v1.ts'
import { makeContainer, makePod } from './make.test-helper.ts'
import type { ObservedContainer } from './observed.ts'
import type { Health } from './plan.ts'
import { podStatus } from './status.ts'
import type { StatusInput } from './status.ts'

const now = Date.parse('2026-01-01T01:00:00Z')

interface World extends Partial<Omit<StatusInput, 'pod' | 'observed' | 'health' | 'failure'>> {
  containers?: ObservedContainer[]
  sandbox?: boolean
  health?: Record<string, Partial<Health>>
  failures?: Record<string, { reason: string; message: string }>
}

function statusOf(pod: Pod, world: World = {}): Partial<PodStatus> {
  const { containers = [], sandbox = true, health = {}, failures = {}, ...rest } = world
  return podStatus({
    pod,
    observed: {
      sandboxes: [{ id: 's1', attempt: 0, ready: sandbox, createdAt: now, ips: ['10.244.0.5'] }],
      containers,
    },
    health: ({ name }) => ({ started: true, ready: true, ...health[name] }),
    failure: (name) => failures[name],
    ending: undefined,
    over: false,
    hostIPs: ['192.168.0.1'],
    startedAt: now,
    now,
    ...rest,
  })
}

const condition = (status: Partial<PodStatus>, type: string): string[] => {
  const found = status.conditions?.find((one) => one.type === type)
  return [found?.status ?? '', found?.reason ?? '', found?.message ?? ''].filter((text) => text !== '')
}

describe('podStatus', () => {
  it('is pending until every app container was started', () => {
    const pod = makePod({ containers: [{ name: 'a' }, { name: 'b' }] })
    const status = statusOf(pod, { containers: [makeContainer('a')] })
    assert.equal(status.phase, 'Pending')
    assert.deepEqual(status.containerStatuses?.[1]?.state, { waiting: { reason: 'ContainerCreating' } })
    assert.deepEqual(condition(status, 'Ready'), ['False', 'ContainersNotReady', 'containers with unready status: [b]'])
    assert.equal(statusOf(pod, { containers: [makeContainer('a'), makeContainer('b')] }).phase, 'Running')
  })

  it('shows no container of a pod that was never let in, so that its reason is what is seen of it', () => {
    const ending = { reason: 'Rejected', message: 'Pod was rejected: it does not fit', graceSeconds: 0 } as const
    const status = statusOf(makePod({ initContainers: [{ name: 'i' }] }), { ending, over: true, sandbox: false })
    assert.deepEqual(
      [status.phase, status.message, status.initContainerStatuses, status.containerStatuses],
      ['Failed', ending.message, undefined, undefined],
    )
    assert.deepEqual(condition(status, 'Ready'), ['False', 'PodFailed'])
  })

  it('says which init containers are not through', () => {
    const pod = makePod({ initContainers: [{ name: 'i' }, { name: 'j' }] })
    const status = statusOf(pod, { containers: [makeContainer('i', { state: 'exited' })] })
    assert.deepEqual(condition(status, 'Initialized'), [
      'False',
      'ContainersNotInitialized',
      'containers with incomplete status: [j]',
    ])
    assert.deepEqual(status.containerStatuses?.[0]?.state, { waiting: { reason: 'PodInitializing' } })
    assert.equal(status.initContainerStatuses?.[0]?.ready, true)
    assert.deepEqual(status.initContainerStatuses?.[1]?.state, { waiting: { reason: 'PodInitializing' } })
  })

  it('shows a crash loop as waiting, and the last end beside it', () => {
    const dead = makeContainer('app', {
      state: 'exited',
      exitCode: 2,
      attempt: 3,
      restartDelayMs: 40_000,
      startedAt: now - 2000,
      finishedAt: now - 1000,
      id: 'c3',
    })
    const status = statusOf(makePod({}, {}, { phase: 'Running' }), { containers: [dead] })
    const [app] = status.containerStatuses!
    assert.deepEqual(app?.state.waiting, {
      reason: 'CrashLoopBackOff',
      message: 'back-off 40s restarting failed container=app pod=web_default(u-1)',
    })
    assert.equal(app?.lastState.terminated?.exitCode, 2)
    assert.equal(app?.restartCount, 3)
    assert.equal(status.phase, 'Running')
  })

  it('shows why a start failed, and the last end beside it', () => {
    const failures = { app: { reason: 'ErrImagePull', message: 'not found' } }
    const status = statusOf(makePod(), { failures })
    assert.deepEqual(status.containerStatuses?.[0]?.state, { waiting: failures.app })
    assert.deepEqual(status.containerStatuses?.[0]?.lastState, {})
  })

  it('keeps the time of a condition that did not change', () => {
    const before = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' }] }
    const pod = makePod({}, {}, before)
    const ready = statusOf(pod, { containers: [makeContainer('app')] }).conditions?.find(({ type }) => type === 'Ready')
    assert.equal(ready?.lastTransitionTime, '2025-01-01T00:00:00Z')
    const unready = statusOf(pod).conditions?.find(({ type }) => type === 'Ready')
    assert.equal(unready?.lastTransitionTime, '2026-01-01T01:00:00Z')
  })

  it('is not ready while a readiness gate is closed', () => {
    const pod = makePod({ readinessGates: [{ conditionType: 'example.com/x' }] })
    const containers = [makeContainer('app')]
    assert.deepEqual(condition(statusOf(pod, { containers }), 'Ready').slice(0, 2), ['False', 'ReadinessGatesNotReady'])
    assert.deepEqual(condition(statusOf(pod, { containers }), 'ContainersReady'), ['True'])
    const open = makePod(pod.spec, {}, { conditions: [{ type: 'example.com/x', status: 'True' }] })
    assert.deepEqual(condition(statusOf(open, { containers }), 'Ready'), ['True'])
  })

  it('ends as the containers ended', () => {
    const pod = makePod({ restartPolicy: 'Never' })
    const ended = (exitCode: number): ObservedContainer[] => [
      makeContainer('app', { state: 'exited', exitCode, finishedAt: now }),
    ]
    assert.equal(statusOf(pod, { containers: ended(0), over: true }).phase, 'Succeeded')
    assert.equal(statusOf(pod, { containers: ended(1), over: true }).phase, 'Failed')
    assert.deepEqual(condition(statusOf(pod, { containers: ended(0), over: true }), 'Ready'), ['False', 'PodCompleted'])
    assert.equal(statusOf(pod, { containers: ended(0) }).phase, 'Running', 'not before its sandbox is stopped')
  })

  it('fails a pod that outlived its deadline, and says so', () => {
    const ending = { reason: 'DeadlineExceeded' as const, graceSeconds: 1, message: 'too long' }
    const status = statusOf(makePod(), {
      containers: [makeContainer('app', { state: 'exited', exitCode: 0 })],
      ending,
      over: true,
    })
    assert.deepEqual([status.phase, status.reason, status.message], ['Failed', 'DeadlineExceeded', 'too long'])
  })

  it('never leaves an end', () => {
    assert.equal(statusOf(makePod({}, {}, { phase: 'Failed' }), { containers: [makeContainer('app')] }).phase, 'Failed')
  })
})
