import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Draft } from '../meta/schema.ts'
import { decodeObject } from '../meta/decode.ts'
import { summarize } from './pod-summary.ts'
import { Pod } from './v1.ts'

const running = { running: {} }
const waiting = (reason: string) => ({ waiting: { reason } })
const terminated = (exitCode: number, reason?: string, finishedAt?: string) => ({
  terminated: { exitCode, reason, finishedAt },
})
const status = (name: string, state: object, more: object = {}) => ({ name, state, restartCount: 0, ...more })
const condition = (type: string, status = 'True', reason?: string) => ({ type, status, reason })

function sum(pod: Draft<Pod>): ReturnType<typeof summarize> {
  const spec = { containers: [{ name: 'a' }, { name: 'b' }], ...pod.spec }
  return summarize(decodeObject(Pod, { ...pod, spec }).object)
}

describe('summarize', () => {
  const cases: [string, Draft<Pod>, string, string][] = [
    ['shows the phase at first', { status: { phase: 'Pending' } }, 'Pending', '0/2'],
    ['shows a reason before the phase', { status: { phase: 'Failed', reason: 'Evicted' } }, 'Evicted', '0/2'],
    [
      'shows that gates hold it',
      { status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] } },
      'SchedulingGated',
      '0/2',
    ],
    [
      'counts what is ready',
      {
        status: { phase: 'Running', containerStatuses: [status('a', running, { ready: true }), status('b', running)] },
      },
      'Running',
      '1/2',
    ],
    [
      'shows what a container waits for',
      {
        status: {
          phase: 'Running',
          containerStatuses: [status('a', running, { ready: true }), status('b', waiting('CrashLoopBackOff'))],
        },
      },
      'CrashLoopBackOff',
      '1/2',
    ],
    [
      'is still running when only one has ended well',
      {
        status: {
          phase: 'Running',
          conditions: [condition('Ready')],
          containerStatuses: [status('a', terminated(0, 'Completed')), status('b', running, { ready: true })],
        },
      },
      'Running',
      '1/2',
    ],
    [
      'is not ready when only one has ended well',
      {
        status: { containerStatuses: [status('a', terminated(0, 'Completed')), status('b', running, { ready: true })] },
      },
      'NotReady',
      '1/2',
    ],
    [
      'remembers the failure of another container',
      {
        status: {
          phase: 'Failed',
          containerStatuses: [status('a', terminated(0, 'Completed')), status('b', terminated(1, 'Error'))],
        },
      },
      'Error',
      '0/2',
    ],
    ['shows an exit code', { status: { containerStatuses: [status('a', terminated(3))] } }, 'ExitCode:3', '0/2'],
    [
      'shows how far initialization is',
      {
        spec: { initContainers: [{ name: 'i' }, { name: 'j' }] },
        status: { phase: 'Pending', initContainerStatuses: [status('i', terminated(0)), status('j', running)] },
      },
      'Init:1/2',
      '0/2',
    ],
    [
      'shows why initialization fails',
      {
        spec: { initContainers: [{ name: 'i' }] },
        status: {
          initContainerStatuses: [status('i', waiting('CrashLoopBackOff'))],
          containerStatuses: [status('a', waiting('PodInitializing'))],
        },
      },
      'Init:CrashLoopBackOff',
      '0/2',
    ],
    [
      'counts sidecars',
      {
        spec: { initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
        status: {
          phase: 'Running',
          initContainerStatuses: [status('i', running, { started: true, ready: true })],
          containerStatuses: [status('a', running, { ready: true })],
        },
      },
      'Running',
      '2/3',
    ],
    [
      'shows that it is leaving',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Running' } },
      'Terminating',
      '0/2',
    ],
    [
      'but not once it is over',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Failed' } },
      'Failed',
      '0/2',
    ],
    [
      'knows nothing of a lost node',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Running', reason: 'NodeLost' } },
      'Unknown',
      '0/2',
    ],
  ]
  for (const [what, pod, shown, ready] of cases) {
    it(what, () => {
      const summary = sum(pod)
      assert.deepEqual([summary.status, `${summary.ready}/${summary.containers}`], [shown, ready])
    })
  }

  it('counts restarts, and knows the last one', () => {
    const last = (time: string): object => ({ lastState: terminated(1, 'Error', time) })
    const summary = sum({
      spec: { initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] },
      status: {
        phase: 'Running',
        initContainerStatuses: [
          status('i', terminated(0), { restartCount: 7, ...last('2026-01-09T00:00:00Z') }),
          status('s', running, { started: true, restartCount: 1, ...last('2026-01-01T00:00:00Z') }),
        ],
        containerStatuses: [
          status('a', running, { restartCount: 2, ...last('2026-01-03T00:00:00Z') }),
          status('b', running, { restartCount: 3, ...last('2026-01-02T00:00:00Z') }),
        ],
      },
    })
    // Those of init containers that are done are of the past.
    assert.deepEqual([summary.restarts, summary.lastRestart], [6, '2026-01-03T00:00:00Z'])
  })
})
