import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Pod, Service } from '../../api/core/v1.ts'
import type { Ingress } from '../../api/networking/v1.ts'
import type { Decision } from '../../lib/decisions.ts'
import { formatExplanation } from './explanation.ts'
import { explainPod } from './pod.ts'
import { explainIngress, explainService } from './traffic.ts'
import { explainWorkload } from './workload.ts'

const plain = { bold: String, dim: String, green: String, red: String }
const pod = (status: object, spec: object = {}, metadata: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'u', ...metadata },
    spec: { containers: [{ name: 'web', image: 'web:1' }], nodeName: 'a', ...spec },
    status,
  }) as unknown as Pod
const decision = (more: Partial<Decision>): Decision => ({
  at: 1000,
  by: 'agent/a',
  about: { resource: 'pods', namespace: 'default', name: 'web' },
  verdict: 'refused',
  reason: 'X',
  message: 'x',
  because: [],
  ...more,
})

describe('explainPod', () => {
  it('groups what each node lacks, and says what would help', () => {
    const attempts = [1, 2].map((at) =>
      decision({
        at,
        by: 'scheduler',
        reason: 'NoNodeFits',
        message: 'no node fits',
        help: 'a memory request of 1Gi or less (a fits)',
        because: [{ message: 'a   memory: asks for 4Gi, 1Gi is free' }],
      }),
    )
    const text = formatExplanation(
      explainPod('pod/web', pod({ phase: 'Pending' }, { nodeName: undefined }), attempts),
      plain,
    )
    assert.match(
      text,
      /^Not running: no node fits it \(2 attempts since .*\)\n {2}a {3}memory: asks for 4Gi, 1Gi is free\nWould help: a memory request of 1Gi or less \(a fits\)\nRecorded by: scheduler/,
    )
  })

  it('tells a crash by its exit code and the last lines of the dead container', () => {
    const crashed = pod({
      phase: 'Running',
      containerStatuses: [
        {
          name: 'web',
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
          lastState: { terminated: { exitCode: 7, reason: 'Error' } },
        },
      ],
    })
    const died = decision({
      reason: 'ContainerDied',
      because: [{ message: 'it ended', facts: { container: 'web', lastLogLines: ['cannot open the till'] } }],
    })
    const { verdict, reasons } = explainPod('pod/web', crashed, [died])
    assert.equal(verdict, 'Not running: container web ended with exit code 7, 3 restarts so far.')
    assert.match(reasons[1]!.message, /cannot open the till/)
  })

  it('tells memory, signals and commands that are not there apart', () => {
    const ended = (terminated: object) =>
      explainPod(
        'pod/web',
        pod({
          phase: 'Running',
          containerStatuses: [
            {
              name: 'web',
              restartCount: 1,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated },
            },
          ],
        }),
        [],
      )
    assert.match(ended({ exitCode: 137, reason: 'OOMKilled' }).verdict, /more memory than its limit/)
    assert.match(ended({ exitCode: 139 }).verdict, /signal 11/)
    assert.match(ended({ exitCode: 127 }).help ?? '', /a command that the image has/)
  })

  it('answers for a pod that is gone from what was recorded', () => {
    const { verdict, reasons } = explainPod('pod/web', undefined, [decision({ message: 'container web ended with 7' })])
    assert.match(verdict, /is gone/)
    assert.equal(reasons[0]!.message, 'container web ended with 7')
  })

  it('names the finalizer that holds a deleted pod', () => {
    const held = pod(
      { phase: 'Succeeded' },
      {},
      { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/keep'] },
    )
    assert.match(
      explainPod('pod/web', { ...held, status: { phase: 'Running' } } as Pod, []).reasons[0]!.message,
      /example\.com\/keep/,
    )
  })
})

describe('explainWorkload', () => {
  it('tells a refusal before the pods that are not there', () => {
    const refused = decision({
      by: 'controller/replica-set',
      message: 'pods "x" is forbidden: violates PodSecurity "restricted:latest"',
    })
    const { reasons, help } = explainWorkload(
      'deployment/web',
      { kind: 'Deployment', metadata: {}, spec: { replicas: 2 } },
      { decisions: [], owned: [{ name: 'web-1', decisions: [refused] }], pods: [] },
    )
    assert.match(reasons[0]!.message, /violates PodSecurity/)
    assert.match(help ?? '', /pod-security\.kubernetes\.io\/enforce/)
  })

  it('tells the trouble of many pods once', () => {
    const pods = ['a', 'b', 'c'].map((name) => ({
      pod: pod({}, {}, { name }),
      explanation: {
        about: '',
        healthy: false,
        verdict: `ended with exit code 1, ${name.length} restarts`,
        reasons: [],
        decisions: [],
      },
    }))
    const { reasons } = explainWorkload(
      'deployment/web',
      { kind: 'Deployment', metadata: {}, spec: { replicas: 3 } },
      { decisions: [], owned: [], pods },
    )
    assert.equal(reasons.length, 1)
    assert.match(reasons[0]!.message, /^pod a, b and 1 more:/)
  })
})

describe('explainPod of an evicted pod', () => {
  it('says what the node was short of, and what would have kept the pod', () => {
    const evicted = decision({
      reason: 'Evicted',
      message: 'The node was low on resource: memory. ',
      because: [{ message: 'the node has 5 of memory.available, less than 9; of its pods this one goes first' }],
      help: 'a request of memory that covers what the pod uses, or a node with more of it',
    })
    const stopped = decision({ at: 2000, verdict: 'done', reason: 'Stopped', message: 'it has ended' })
    const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory. ' }
    assert.deepEqual(
      formatExplanation(explainPod('pod/web', pod(status), [evicted, stopped]), plain)
        .split('\n')
        .slice(0, 4)
        .map((line) => line.replace(/ at [\d:]+\)/, ')')),
      [
        'Failed: Evicted',
        '  The node was low on resource: memory.  (agent/a)',
        '      the node has 5 of memory.available, less than 9; of its pods this one goes first',
        'Would help: a request of memory that covers what the pod uses, or a node with more of it',
      ],
    )
  })
})

describe('explainService', () => {
  const service = (spec: object): Service =>
    ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec, status: {} }) as unknown as Service
  const evidence = { slices: [], pods: [], troubled: [], decisions: [], listening: new Map() }

  it('finds the label that was mistyped', () => {
    const { verdict, help } = explainService('service/s', {
      ...evidence,
      service: service({ selector: { app: 'shopp' } }),
      pods: [pod({}, {}, { labels: { app: 'shop' } })],
    })
    assert.match(verdict, /selector app=shopp matches none of the 1 pods/)
    assert.match(help ?? '', /^app=shop in the selector/)
  })

  it('says who has the port that a LoadBalancer waits for', () => {
    const taken = decision({
      by: 'agent/a/gateway',
      reason: 'PortTaken',
      message: 'port 443 of the gateway is taken by Service shop/first',
      help: 'another port for one of the two',
    })
    const explained = explainService('service/s', {
      ...evidence,
      slices: [{ endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }] }] as never,
      service: service({ type: 'LoadBalancer', ports: [{ port: 443 }] }),
      decisions: [taken],
    })
    assert.equal(explained.verdict, 'It has endpoints, but the gateway has given it no address.')
    assert.deepEqual([explained.reasons[0]?.message, explained.help], [taken.message, taken.help])
  })

  it('finds a port that no container listens on', () => {
    const slices = [{ endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }] }] as never
    const { verdict, help } = explainService('service/s', {
      ...evidence,
      slices,
      service: service({ selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 9999 }] }),
      pods: [pod({}, {}, { labels: { app: 'shop' } })],
      listening: new Map([['web', [8080]]]),
    })
    assert.match(verdict, /no container listens on port 9999/)
    assert.equal(help, 'targetPort: 8080 in the service')
  })
})

describe('explainIngress', () => {
  it('names a service that does not exist', () => {
    const ingress = {
      metadata: { name: 'i', namespace: 'default' },
      spec: {
        rules: [
          {
            host: 'x.example',
            http: { paths: [{ path: '/', backend: { service: { name: 'nobody', port: { number: 80 } } } }] },
          },
        ],
      },
    } as unknown as Ingress
    const classes = [{ name: 'wherry', isDefault: true, controller: 'wherry.dev/gateway' }]
    const { verdict } = explainIngress('ingress/i', {
      ingress,
      decisions: [],
      backends: new Map(),
      classes,
      secrets: new Map(),
    })
    assert.equal(verdict, 'x.example/ leads to Service `nobody`, which does not exist.')
  })
})
