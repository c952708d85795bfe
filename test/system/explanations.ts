import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually, type SystemCluster } from './system-cluster.ts'

const image = 'wherry.test/web:v1'

function pod(name: string, spec: object, labels: Record<string, string> = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'why', labels },
    spec: { terminationGracePeriodSeconds: 0, ...spec },
  })
}

const web = (more: object = {}): object => ({ name: 'web', image, imagePullPolicy: 'IfNotPresent', ...more })

/** `wherry why`, for everything that a user asks it. */
export function explanations(getCluster: () => SystemCluster): void {
  describe('why', () => {
    const apply = (text: string): Promise<string> => getCluster().mustKubectl(['apply', '-n', 'why', '-f', '-'], text)
    const says = (what: string, ...patterns: readonly RegExp[]): Promise<void> =>
      eventually(async () => {
        const { stdout, stderr, code } = await getCluster().wherry('why', what, '-n', 'why')
        for (const pattern of patterns) assert.match(stdout, pattern, stderr)
        assert.equal(code, 3)
      }, 60_000)

    it('has a namespace to work in', async () => {
      await getCluster().kubectl(['create', 'namespace', 'why'])
    })
    it('an image cannot be had', async () => {
      await apply(pod('no-image', { containers: [web({ image: 'registry.invalid/nothing:1' })] }))
      await says(
        'pod/no-image',
        /the image `registry\.invalid\/nothing:1` of container web cannot be had/,
        /Would help:/,
      )
    })
    it('an image may not be pulled', async () => {
      await apply(pod('never', { containers: [web({ image: 'absent.test/x:1', imagePullPolicy: 'Never' })] }))
      await says('pod/never', /ErrImageNeverPull/)
    })
    it('no node fits, with the reason of each node and what would help', async () => {
      await apply(pod('huge', { containers: [web({ resources: { requests: { memory: '900Gi' } } })] }))
      await says('pod/huge', /no node fits it \(\d+ attempts? since/, /node-1.*memory/, /node-2.*memory/, /Would help:/)
      await apply(pod('picky', { nodeSelector: { colour: 'green' }, containers: [web()] }))
      await says('pod/picky', /no node fits it/, /colour=green|colour.*green/)
    })
    it('a container ends again and again: exit code and last words', async () => {
      await apply(pod('crash', { containers: [web({ command: ['sh', '-c', 'echo cannot open the till; exit 7'] })] }))
      await says('pod/crash', /exit code 7/, /cannot open the till/)
    })
    it('a container needs more memory than it may have', async () => {
      await apply(
        pod('oom', {
          containers: [
            web({ command: ['sh', '-c', 'x=$(tail /dev/zero)'], resources: { limits: { memory: '20Mi' } } }),
          ],
        }),
      )
      await says('pod/oom', /OOM/, /memory limit above 20Mi/)
    })
    it('a readiness probe fails: what it saw', async () => {
      await apply(
        pod('unready', {
          containers: [web({ readinessProbe: { httpGet: { path: '/missing', port: 8080 }, periodSeconds: 1 } })],
        }),
      )
      await says('pod/unready', /not ready/, /404/)
    })
    it('a ConfigMap, a Secret or a key is missing', async () => {
      const from = (ref: object): object => ({ containers: [web({ env: [{ name: 'X', valueFrom: ref }] })] })
      await apply(pod('no-map', from({ configMapKeyRef: { name: 'absent', key: 'k' } })))
      await says('pod/no-map', /configmap.*absent|absent.*configmap/i)
      await apply(pod('no-secret', from({ secretKeyRef: { name: 'absent', key: 'k' } })))
      await says('pod/no-secret', /secret.*absent|absent.*secret/i)
      await getCluster().mustKubectl(['create', 'configmap', 'present', '-n', 'why', '--from-literal=a=b'])
      await apply(pod('no-key', from({ configMapKeyRef: { name: 'present', key: 'k' } })))
      await says('pod/no-key', /key.*k/)
    })
    it('a service selects nothing, or leads to a port that nobody listens on', async () => {
      await apply(pod('app', { containers: [web()] }, { app: 'shop' }))
      const service = (name: string, selector: object, targetPort: number): string =>
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name },
          spec: { selector, ports: [{ port: 80, targetPort }] },
        })
      await apply(service('typo', { app: 'shopp' }, 8080))
      await says('service/typo', /selector app=shopp matches none/, /comes close/, /Would help: app=shop/)
      await apply(service('deaf', { app: 'shop' }, 9999))
      await says('service/deaf', /no container listens on port 9999/, /8080/)
    })
    it('an ingress leads to a service that does not exist', async () => {
      await getCluster().mustKubectl(['create', 'ingress', 'lost', '-n', 'why', '--rule=lost.example/*=nobody:80'])
      await says('ingress/lost', /Service `nobody`, which does not exist/)
    })
    it('a policy refuses the pods of a deployment', async () => {
      await getCluster().mustKubectl(['create', 'namespace', 'strict'])
      await getCluster().mustKubectl(['label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted'])
      await getCluster().mustKubectl(['create', 'deployment', 'blocked', '-n', 'strict', `--image=${image}`])
      await eventually(async () => {
        const { stdout } = await getCluster().wherry('why', 'deployment/blocked', '-n', 'strict')
        assert.match(stdout, /violates PodSecurity/)
        assert.match(stdout, /Would help:/)
      }, 30_000)
      await getCluster().mustKubectl(['delete', 'namespace', 'strict'])
    })
    it('a quota refuses the pods of a deployment', async () => {
      await getCluster().mustKubectl(['create', 'namespace', 'tight'])
      await getCluster().mustKubectl(['create', 'quota', 'few', '-n', 'tight', '--hard=pods=0'])
      await getCluster().mustKubectl(['create', 'deployment', 'many', '-n', 'tight', `--image=${image}`])
      await eventually(async () => {
        const { stdout } = await getCluster().wherry('why', 'deployment/many', '-n', 'tight')
        assert.match(stdout, /exceeded quota: few, requested: pods=1/)
        assert.match(stdout, /Would help: a larger ResourceQuota/)
      }, 30_000)
      await getCluster().mustKubectl(['delete', 'namespace', 'tight'])
    })
    it('a finalizer holds what is deleted', async () => {
      await getCluster().mustKubectl(['create', 'configmap', 'held', '-n', 'why'])
      await getCluster().mustKubectl([
        'patch',
        'configmap',
        'held',
        '-n',
        'why',
        '--type=merge',
        '-p',
        '{"metadata":{"finalizers":["example.com/keep"]}}',
      ])
      await getCluster().mustKubectl(['delete', 'configmap', 'held', '-n', 'why', '--wait=false'])
      await says('configmap/held', /Terminating since/, /example\.com\/keep/)
      await getCluster().mustKubectl([
        'patch',
        'configmap',
        'held',
        '-n',
        'why',
        '--type=merge',
        '-p',
        '{"metadata":{"finalizers":null}}',
      ])
    })
    it('answers for a pod that is gone already', async () => {
      await getCluster().mustKubectl(['delete', 'pod', 'crash', '-n', 'why', '--wait=true'])
      await says('pod/crash', /is gone/, /7/)
    })
    it('cleans up', async () => {
      await getCluster().mustKubectl(['delete', 'namespace', 'why', '--wait=true', '--timeout=120s'])
    })
  })
}
