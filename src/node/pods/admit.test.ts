import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Node, Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import type { PressureCondition } from '../pressure/shortages.ts'
import { refusePod } from './admit.ts'
import { makePod } from './make.test-helper.ts'

const node = {
  metadata: { name: 'node-1', labels: { zone: 'a', size: '5' } },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '3' } },
} as unknown as Node

const reason = (spec: Draft<Pod['spec']>, active: Pod[] = []): string | undefined =>
  refusePod({ pod: makePod(spec), active, node })?.reason
const cpu = (requests: string): Draft<Pod['spec']> => ({
  containers: [{ name: 'a', resources: { requests: { cpu: requests } } }],
})
const port = (hostPort: number, hostIP = '', protocol: 'TCP' | 'UDP' = 'TCP'): Draft<Pod['spec']> => ({
  containers: [{ name: 'a', ports: [{ containerPort: 1, hostPort, hostIP, protocol }] }],
})

describe('refusePod', () => {
  it('counts what is asked for against what is left', () => {
    assert.equal(reason(cpu('2')), undefined)
    assert.equal(reason(cpu('1'), [makePod(cpu('1500m'))]), 'OutOfcpu')
    assert.equal(
      reason({ containers: [{ name: 'a', resources: { limits: { 'example.com/gpu': '1' } } }] }),
      'OutOfexample.com/gpu',
    )
    assert.equal(reason({}, [makePod(), makePod(), makePod()]), 'OutOfpods')
    const said = refusePod({ pod: makePod(cpu('1')), active: [makePod(cpu('1500m'))], node })
    assert.equal(
      said?.message,
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 1000, used: 1500, capacity: 2000",
    )
  })

  it('refuses what a node that is short would have to evict at once', () => {
    const said = (spec: Draft<Pod['spec']>, ...short: PressureCondition[]): string | undefined =>
      refusePod({ pod: makePod(spec), active: [], node, short: new Set(short) })?.message
    assert.equal(said({}, 'DiskPressure'), 'Pod was rejected: The node had condition: [DiskPressure]. ')
    assert.equal(said({ priority: 2_000_000_000 }, 'DiskPressure'), undefined)
    assert.equal(said({}, 'MemoryPressure'), 'Pod was rejected: The node had condition: [MemoryPressure]. ')
    assert.equal(said(cpu('1'), 'MemoryPressure'), undefined)
    assert.match(said(cpu('1'), 'MemoryPressure', 'PIDPressure') ?? '', /\[MemoryPressure PIDPressure\]/)
    const tolerations = [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' as const }]
    assert.equal(said({ tolerations }, 'MemoryPressure'), undefined)
  })

  it('refuses a host port that is taken', () => {
    const active = [makePod(port(80, '127.0.0.1'))]
    assert.equal(reason(port(80), active), 'NodePorts')
    assert.equal(reason(port(80, '127.0.0.2'), active), undefined)
    assert.equal(reason(port(80, '', 'UDP'), active), undefined)
    assert.equal(reason(port(81), active), undefined)
  })

  it('refuses what the node cannot do, or does not let pods do', () => {
    const sysctl = (name: string): Draft<Pod['spec']> => ({ securityContext: { sysctls: [{ name, value: '1' }] } })
    assert.equal(reason(sysctl('kernel.msgmax')), 'SysctlForbidden')
    assert.equal(reason(sysctl('net.ipv4.tcp_syncookies')), undefined)
    assert.equal(reason(sysctl('net/ipv4/tcp_syncookies')), undefined)
    assert.equal(
      reason({ securityContext: { supplementalGroupsPolicy: 'Strict' } }),
      'SupplementalGroupsPolicyNotSupported',
    )
    assert.equal(reason({ os: { name: 'windows' } }), 'PodOSNotSupported')
  })

  it('refuses a node that the pod did not ask for', () => {
    assert.equal(reason({ nodeSelector: { zone: 'b' } }), 'NodeAffinity')
    const term = (operator: 'In' | 'Gt' | 'NotIn', key: string, value: string): Draft<Pod['spec']> => ({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values: [value] }] }],
          },
        },
      },
    })
    assert.equal(reason(term('In', 'zone', 'a')), undefined)
    assert.equal(reason(term('NotIn', 'zone', 'a')), 'NodeAffinity')
    assert.equal(reason(term('Gt', 'size', '4')), undefined)
    assert.equal(reason(term('Gt', 'size', '5')), 'NodeAffinity')
  })
})
