import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Container, Pod } from '../../api/core/v1.ts'
import { makeContainer, makePod } from './make.test-helper.ts'
import type { ObservedContainer } from './observed.ts'
import { outcome, planPod } from './plan.ts'
import type { Health, Plan, PlanInput } from './plan.ts'

const now = 1_000_000_000

interface World extends Partial<Omit<PlanInput, 'pod' | 'observed' | 'health'>> {
  containers?: ObservedContainer[]
  sandbox?: 'none' | 'ready' | 'dead'
  health?: Record<string, Partial<Health>>
}

function plan(pod: Pod, world: World = {}): Plan {
  const { containers = [], sandbox = 'ready', health = {}, ...rest } = world
  const box = { id: 's1', attempt: 0, ready: sandbox === 'ready', createdAt: now - 60_000, ips: [] }
  return planPod({
    pod,
    observed: { sandboxes: sandbox === 'none' ? [] : [box], containers },
    health: ({ name }) => ({ started: true, ready: true, ...health[name] }),
    retryAt: () => undefined,
    ending: undefined,
    now,
    ...rest,
  })
}

const started = (result: Plan): string[] => result.start.map(({ container }) => container.spec.name)
const stopped = (result: Plan): string[] => result.stop.map(({ name, reason }) => `${name}:${reason}`)

const two = { containers: [{ name: 'a' }, { name: 'b' }] }
const withInit: { initContainers: Partial<Container>[]; containers: Partial<Container>[] } = {
  initContainers: [{ name: 'first' }, { name: 'proxy', restartPolicy: 'Always' }, { name: 'second' }],
  containers: [{ name: 'app' }],
}

describe('planPod', () => {
  it('makes the sandbox first, and starts nothing before it is there', () => {
    const result = plan(makePod(two), { sandbox: 'none' })
    assert.equal(result.sandbox, 'create')
    assert.deepEqual(started(result), [])
  })

  it('starts all app containers at once', () => {
    assert.deepEqual(started(plan(makePod(two))), ['a', 'b'])
  })

  it('runs init containers one after the other, and waits for a sidecar to have started', () => {
    const pod = makePod(withInit)
    assert.deepEqual(started(plan(pod)), ['first'])
    const first = makeContainer('first', { state: 'exited', exitCode: 0 })
    assert.deepEqual(started(plan(pod, { containers: [makeContainer('first')] })), [])
    assert.deepEqual(started(plan(pod, { containers: [first] })), ['proxy'])
    const proxy = makeContainer('proxy')
    assert.deepEqual(started(plan(pod, { containers: [first, proxy], health: { proxy: { started: false } } })), [])
    assert.deepEqual(started(plan(pod, { containers: [first, proxy] })), ['second'])
    const second = makeContainer('second', { state: 'exited', exitCode: 0 })
    assert.deepEqual(started(plan(pod, { containers: [first, proxy, second] })), ['app'])
  })

  it('starts a dead sidecar again while the app runs, and does not run init containers again', () => {
    const containers = [makeContainer('app'), makeContainer('proxy', { state: 'exited', exitCode: 1 })]
    assert.deepEqual(started(plan(makePod(withInit), { containers })), ['proxy'])
  })

  it('restarts at once the first time, then waits twice as long each time', () => {
    const pod = makePod({ containers: [{ name: 'a' }] })
    const crashed = (attempt: number, restartDelayMs: number): ObservedContainer =>
      makeContainer('a', {
        state: 'exited',
        exitCode: 1,
        attempt,
        restartDelayMs,
        finishedAt: now - 5000,
        startedAt: now - 6000,
      })
    const first = plan(pod, { containers: [crashed(0, 0)] })
    assert.deepEqual(
      first.start.map(({ attempt, restartDelayMs }) => [attempt, restartDelayMs]),
      [[1, 10_000]],
    )
    const second = plan(pod, { containers: [crashed(1, 10_000)] })
    assert.deepEqual(started(second), [])
    assert.equal(second.wakeAt, now + 5000)
    const later = plan(pod, { containers: [crashed(1, 10_000)], now: now + 5000 })
    assert.deepEqual(
      later.start.map(({ attempt, restartDelayMs }) => [attempt, restartDelayMs]),
      [[2, 20_000]],
    )
    const longAgo = plan(pod, { containers: [crashed(9, 300_000)], now: now + 300_000 })
    assert.equal(longAgo.start[0]?.restartDelayMs, 300_000)
  })

  it('forgives a container that ran for ten minutes', () => {
    const pod = makePod({ containers: [{ name: 'a' }] })
    const old = makeContainer('a', {
      state: 'exited',
      exitCode: 1,
      attempt: 7,
      restartDelayMs: 300_000,
      startedAt: now - 601_000,
      finishedAt: now - 1000,
    })
    const [start] = plan(pod, { containers: [old] }).start
    assert.equal(start?.attempt, 8)
    assert.equal(start?.restartDelayMs, 10_000)
  })

  it('keeps to the restart policy, and ends the pod when nothing is left to run', () => {
    const once = makePod({ ...two, restartPolicy: 'Never' })
    const dead = [
      makeContainer('a', { state: 'exited', exitCode: 0 }),
      makeContainer('b', { state: 'exited', exitCode: 3 }),
    ]
    assert.equal(plan(once, { containers: dead }).sandbox, 'stop')
    assert.equal(plan(once, { containers: dead, sandbox: 'dead' }).over, true)
    assert.equal(outcome(once, { sandboxes: [], containers: dead }), 'failed')
    const onFailure = makePod({ ...two, restartPolicy: 'OnFailure' })
    assert.deepEqual(started(plan(onFailure, { containers: dead })), ['b'])
  })

  it("lets a container's own restart rules come before the pod's policy", () => {
    const pod = makePod({
      restartPolicy: 'Never',
      containers: [
        {
          name: 'a',
          restartPolicy: 'Never',
          restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
        },
      ],
    })
    assert.deepEqual(started(plan(pod, { containers: [makeContainer('a', { state: 'exited', exitCode: 42 })] })), ['a'])
    assert.deepEqual(started(plan(pod, { containers: [makeContainer('a', { state: 'exited', exitCode: 41 })] })), [])
  })

  it('fails a pod whose init container may not run again', () => {
    const pod = makePod({ ...withInit, restartPolicy: 'Never' })
    const containers = [makeContainer('first', { state: 'exited', exitCode: 1 })]
    assert.equal(plan(pod, { containers }).sandbox, 'stop')
    assert.equal(outcome(pod, { sandboxes: [], containers }), 'failed')
    assert.deepEqual(started(plan(makePod(withInit), { containers })), ['first'])
  })

  it('stops a container whose liveness probe gave up, with the grace that the probe gives', () => {
    const result = plan(makePod(two), {
      containers: [makeContainer('a'), makeContainer('b')],
      health: { a: { failed: { probe: 'liveness', graceSeconds: 3 } } },
    })
    assert.deepEqual(
      result.stop.map(({ name, reason, graceSeconds }) => [name, reason, graceSeconds]),
      [['a', 'liveness', 3]],
    )
  })

  it('restarts a container whose image was changed', () => {
    const pod = makePod({ containers: [{ name: 'a', image: 'new' }] })
    assert.deepEqual(stopped(plan(pod, { containers: [makeContainer('a', { wantedImage: 'old' })] })), ['a:image'])
  })

  it('replaces a dead sandbox: what runs in it is stopped, init containers run again, counts go on', () => {
    const pod = makePod(withInit)
    assert.deepEqual(stopped(plan(pod, { containers: [makeContainer('app')], sandbox: 'dead' })), ['app:sandbox'])
    const dead = [
      makeContainer('app', { state: 'exited', exitCode: 137 }),
      makeContainer('first', { state: 'exited', exitCode: 0 }),
    ]
    assert.equal(plan(pod, { containers: dead, sandbox: 'dead' }).sandbox, 'create')
    const elsewhere = dead.map((container) => ({ ...container, sandboxId: 's0' }))
    const [start] = plan(pod, { containers: elsewhere }).start
    assert.equal(start?.container.spec.name, 'first')
    assert.equal(start?.attempt, 1)
  })

  it('ends a pod: sidecars after all others, the last one first, then the sandbox', () => {
    const pod = makePod({
      ...withInit,
      initContainers: [
        { name: 's1', restartPolicy: 'Always' },
        { name: 's2', restartPolicy: 'Always' },
      ],
    })
    const ending = { reason: 'Deleted' as const, graceSeconds: 30 }
    const running = [makeContainer('app'), makeContainer('s1'), makeContainer('s2')]
    assert.deepEqual(stopped(plan(pod, { containers: running, ending })), ['app:ending'])
    assert.deepEqual(stopped(plan(pod, { containers: running.slice(1), ending })), ['s2:ending'])
    assert.deepEqual(stopped(plan(pod, { containers: [running[1]!], ending })), ['s1:ending'])
    assert.equal(plan(pod, { containers: [], ending }).sandbox, 'stop')
    assert.equal(plan(pod, { containers: [], ending, sandbox: 'dead' }).over, true)
  })

  it('never makes a sandbox for a pod that is to end', () => {
    const result = plan(makePod(two), { sandbox: 'none', ending: { reason: 'Deleted', graceSeconds: 0 } })
    assert.equal(result.sandbox, 'leave')
    assert.equal(result.over, true)
  })

  it('starts an ephemeral container once, also while init containers run', () => {
    const pod = makePod({ ...withInit, ephemeralContainers: [{ name: 'debug' }] })
    assert.deepEqual(started(plan(pod, { containers: [makeContainer('first')] })), ['debug'])
    const gone = makeContainer('debug', { state: 'exited', exitCode: 1 })
    assert.deepEqual(started(plan(pod, { containers: [makeContainer('first'), gone] })), [])
  })

  it('makes anew a container that was made and never started, without counting it', () => {
    const result = plan(makePod({ containers: [{ name: 'a' }] }), {
      containers: [makeContainer('a', { state: 'created', attempt: 2, id: 'x' })],
    })
    assert.deepEqual(
      result.start.map(({ attempt, replaces }) => [attempt, replaces]),
      [[2, 'x']],
    )
  })

  it('keeps two dead containers of a name', () => {
    const containers = [2, 1, 0].map((attempt) =>
      makeContainer('a', { state: 'exited', attempt, id: `a${attempt}`, finishedAt: now }),
    )
    assert.deepEqual(plan(makePod({ containers: [{ name: 'a' }] }), { containers }).remove, ['a0'])
  })

  it('waits with a start that failed a moment ago', () => {
    const result = plan(makePod(two), { retryAt: (name) => (name === 'a' ? now + 1000 : undefined) })
    assert.deepEqual(started(result), ['b'])
    assert.equal(result.wakeAt, now + 1000)
  })
})
