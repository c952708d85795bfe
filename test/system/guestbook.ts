import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { Resolver } from 'node:dns/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { eventually, repository, type SystemCluster } from './system-cluster.ts'

const manifest = join(
  repository,
  '..',
  'shared',
  'examples',
  'kubernetes',
  'web__guestbook__all-in-one__guestbook-all-in-one.yaml',
)
const skip = existsSync(manifest) ? false : 'the example manifests are not beside this checkout'

/** The guestbook of kubernetes/examples, unmodified. */
export function guestbook(getCluster: () => SystemCluster): void {
  describe('the guestbook', { skip }, () => {
    const say = async (base: string, cmd: string, headers: Record<string, string> = {}): Promise<string> => {
      const { status, body } = await get(`${base}/guestbook.php?${cmd}`, headers)
      assert.equal(status, 200, body)
      return body
    }

    it('keeps a message while a pod is killed, by NodePort', async () => {
      const cluster = getCluster()
      const { nodes } = await cluster.status()
      await cluster.mustKubectl(['apply', '-f', manifest])
      for (const name of ['redis-master', 'redis-replica', 'frontend'])
        await cluster.mustKubectl(['rollout', 'status', `deployment/${name}`, '--timeout=120s'])
      const port = await cluster.mustKubectl(['get', 'service', 'frontend', '-o', 'jsonpath={.spec.ports[0].nodePort}'])
      for (const node of nodes) {
        const page = await eventually(() => get(`http://${node.address}:${port}/`), 10_000)
        assert.match(page.body, /Guestbook/)
      }
      const base = `http://${nodes[0]!.address}:${port}`
      await eventually(() => say(base, 'cmd=set&key=messages&value=,hello'), 20_000)
      await eventually(async () => assert.match(await say(base, 'cmd=get&key=messages'), /hello/), 20_000)
      await cluster.mustKubectl(['delete', 'pod', '-l', 'app=guestbook', '--wait=false'])
      await eventually(async () => assert.match(await say(base, 'cmd=get&key=messages'), /hello/), 30_000)
    })

    it('is reached from the machine by the address of its Service, and by its name with the DNS of the cluster', async () => {
      const cluster = getCluster()
      // All pods were deleted together: those that end are asked until there are others.
      await cluster.mustKubectl(['rollout', 'status', 'deployment/frontend', '--timeout=120s'])
      const read = (service: string, where: string[]): Promise<string> =>
        cluster.mustKubectl(['get', 'service', service, ...where, '-o', 'jsonpath={.spec.clusterIP}'])
      const address = await read('frontend', [])
      assert.match(await say(`http://${address}`, 'cmd=get&key=messages'), /hello/)
      const resolver = new Resolver()
      resolver.setServers([await read('kube-dns', ['-n', 'kube-system'])])
      assert.deepEqual(await resolver.resolve4('frontend.default.svc.cluster.local'), [address])
    })

    it('is served by host name through the gateway, with an Ingress', async () => {
      const cluster = getCluster()
      const { gateway } = await cluster.status()
      await cluster.mustKubectl(['create', 'ingress', 'guestbook', '--rule=guestbook.example/*=frontend:80'])
      const base = `http://${gateway.address}:${gateway.http}`
      await eventually(
        async () => assert.match(await say(base, 'cmd=get&key=messages', { host: 'guestbook.example' }), /hello/),
        20_000,
      )
      assert.equal((await get(base, { host: 'other.example' })).status, 404)
    })

    it('is served at an address of its own as a LoadBalancer', async () => {
      const cluster = getCluster()
      const text = readFileSync(manifest, 'utf8')
        .replace('type: NodePort', '# type: NodePort')
        .replace('# type: LoadBalancer', 'type: LoadBalancer')
        .replace(
          '- port: 80\n  selector:\n    app: guestbook',
          '- port: 8000\n    targetPort: 80\n  selector:\n    app: guestbook',
        )
      await cluster.mustKubectl(['apply', '-f', '-'], text)
      const address = await eventually(async () => {
        const ip = await cluster.mustKubectl([
          'get',
          'service',
          'frontend',
          '-o',
          'jsonpath={.status.loadBalancer.ingress[0].ip}',
        ])
        assert.notEqual(ip, '')
        return ip
      }, 10_000)
      await eventually(
        async () => assert.match(await say(`http://${address}:8000`, 'cmd=get&key=messages'), /hello/),
        20_000,
      )
      await cluster.mustKubectl(['delete', '-f', manifest, '--wait=true'])
      await cluster.mustKubectl(['delete', 'ingress', 'guestbook'])
    })
  })
}
