import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeObject } from '../meta/decode.ts'
import type { Draft } from '../meta/schema.ts'
import { fromV2, toV2 } from './horizontal-pod-autoscaler-conversion.ts'
import * as v1 from './v1.ts'
import * as v2 from './v2.ts'

describe('HorizontalPodAutoscaler in both versions', () => {
  const draft: Draft<v2.HorizontalPodAutoscaler> = {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name: 'a', annotations: { other: 'x' } },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '3' } } },
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
        {
          type: 'Object',
          object: {
            describedObject: { kind: 'Ingress', name: 'i' },
            metric: { name: 'm', selector: { matchLabels: { a: 'b' } } },
            target: { type: 'Value', value: '7' },
          },
        },
        { type: 'External', external: { metric: { name: 'e' }, target: { type: 'AverageValue', averageValue: '30' } } },
        {
          type: 'ContainerResource',
          containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 40 } },
        },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
    },
    status: {
      currentReplicas: 3,
      desiredReplicas: 3,
      currentMetrics: [
        { type: 'Pods', pods: { metric: { name: 'm' }, current: { averageValue: '2' } } },
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50 } } },
      ],
      conditions: [{ type: 'AbleToScale', status: 'True' }],
    },
  }
  const { object } = decodeObject(v2.HorizontalPodAutoscaler, draft)

  it('says the processor metric in fields and the rest in annotations', () => {
    const old = fromV2(object)
    assert.deepEqual(decodeObject(v1.HorizontalPodAutoscaler, old).problems, [])
    assert.equal(old.apiVersion, 'autoscaling/v1')
    assert.equal(old.spec.targetCPUUtilizationPercentage, 60)
    assert.equal(old.status.currentCPUUtilizationPercentage, 50)
    const metrics = JSON.parse(old.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? '')
    assert.deepEqual(metrics[0], { type: 'Pods', pods: { metricName: 'm', targetAverageValue: '3' } })
  })

  it('loses nothing on the way there and back', () => {
    assert.deepEqual(toV2(fromV2(object)), object)
  })

  it('ignores annotations that make no sense', () => {
    const annotations = {
      'autoscaling.alpha.kubernetes.io/metrics': '{',
      'autoscaling.alpha.kubernetes.io/behavior': '[]',
    }
    const { object: old } = decodeObject(v1.HorizontalPodAutoscaler, { metadata: { annotations } })
    assert.deepEqual(toV2(old).metadata, {})
    assert.equal(toV2(old).spec.metrics?.[0]?.resource?.target.averageUtilization, 80)
  })
})
