import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { repository, type SystemCluster } from './system-cluster.ts'

const folder = join(repository, '..', 'shared', 'examples', 'kubernetes')
const skip = existsSync(folder) ? false : 'the example manifests are not beside this checkout'

/** Namespaces that some of them expect to be there. */
const NAMESPACES = ['monitoring', 'gke-managed-system', 'spark-cluster']

/** What Kubernetes refuses too, and how. All others are applied. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'AI__vllm-deployment__hpa__gpu-service-monitor-generic.yaml': /no matches for kind "ServiceMonitor"/,
  'AI__vllm-deployment__hpa__gpu-service-monitor-gke.yaml': /no matches for kind "ServiceMonitor"/,
  'AI__vllm-deployment__hpa__prometheus-rule.yaml': /no matches for kind "PrometheusRule"/,
  'AI__vllm-deployment__hpa__vllm-service-monitor.yaml': /no matches for kind "ServiceMonitor"/,
  'cloud-controller-manager__persistent-volume-label-initializer-config.yaml':
    /no matches for kind "InitializerConfiguration"/,
  'cockroachdb__cockroachdb-statefulset.yaml': /no matches for kind "PodDisruptionBudget" in version "policy\/v1beta1"/,
  'storage__vitess__vttablet-pod-template.yaml': /metadata\.name: Invalid value: "vttablet-\{\{uid\}\}"/,
  'volumes__cinder__cinder-web.yaml': /spec\.containers\[0\]\.ports\[0\]\.protocol: Unsupported value: "tcp"/,
  'volumes__fibre_channel__fc.yaml': /cannot unmarshal string into Go struct field/,
  'volumes__rbd__rbd.yaml': /strict decoding error: unknown field "spec\.volumes\[0\]\.rbd\.imagefeatures"/,
}

/** Manifests that other people wrote, as they are. */
export function manifests(getCluster: () => SystemCluster): void {
  describe('real manifests', { skip }, () => {
    it('are applied, or refused as Kubernetes refuses them', async () => {
      for (const name of NAMESPACES) await getCluster().kubectl(['create', 'namespace', name])
      const wrong: string[] = []
      const files = readdirSync(folder)
      const next = async (): Promise<void> => {
        for (let file = files.pop(); file !== undefined; file = files.pop()) {
          const { code, stderr } = await getCluster().kubectl(['apply', '--dry-run=server', '-f', join(folder, file)])
          const expected = REFUSED[file]
          if (expected === undefined ? code !== 0 : code === 0 || !expected.test(stderr))
            wrong.push(`${file}: ${code} ${stderr.slice(0, 300)}`)
        }
      }
      await Promise.all([next(), next(), next()])
      assert.deepEqual(wrong, [])
      for (const name of NAMESPACES) await getCluster().mustKubectl(['delete', 'namespace', name, '--wait=false'])
    })
  })
}
