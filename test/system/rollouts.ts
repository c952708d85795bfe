import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { startLoad } from './load.ts'
import { eventually, repository, type SystemCluster } from './system-cluster.ts'

const ROUNDS = Number(process.env['WHERRY_TEST_ROUNDS'] ?? 20)
const REQUESTS_MAX = 60_000

/** DESIGN, decision 10: an application that dies at once on SIGTERM loses no request. */
export function rollouts(getCluster: () => SystemCluster): void {
  describe('no request is lost', () => {
    const deployed = async (): Promise<{ cluster: SystemCluster; host: string; port: number }> => {
      const cluster = getCluster()
      const { gateway } = await cluster.status()
      await cluster.mustKubectl(['apply', '-f', join(repository, 'examples', 'web.yaml')])
      await cluster.mustKubectl(['scale', 'deployment/web', '--replicas=3'])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      await eventually(
        async () =>
          assert.equal((await get(`http://${gateway.address}:${gateway.http}/`, { host: 'web.example' })).status, 200),
        20_000,
      )
      return { cluster, host: gateway.address, port: gateway.http }
    }
    const under = async (what: (cluster: SystemCluster, round: number) => Promise<void>): Promise<void> => {
      const { cluster, host, port } = await deployed()
      const load = startLoad({
        host,
        port,
        headers: { host: 'web.example' },
        connections: 4,
        limit: REQUESTS_MAX,
        pauseMs: 10,
      })
      try {
        for (let round = 0; round < ROUNDS; round++) await what(cluster, round)
      } finally {
        const { sent, failures } = await load.stop()
        assert.ok(sent > ROUNDS * 10, `only ${sent} requests were sent`)
        assert.deepEqual(failures, [], `${failures.length} of ${sent} requests failed`)
      }
    }

    it(`in ${ROUNDS} rolling updates`, async () => {
      await under(async (cluster, round) => {
        await cluster.mustKubectl([
          'set',
          'image',
          'deployment/web',
          `web=wherry.test/web:${round % 2 === 0 ? 'v2' : 'v1'}`,
        ])
        await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      })
    })

    it(`in ${ROUNDS} scale-ins`, async () => {
      await under(async (cluster) => {
        await cluster.mustKubectl(['scale', 'deployment/web', '--replicas=1'])
        await eventually(
          async () =>
            assert.equal(
              (await cluster.mustKubectl(['get', 'pods', '-l', 'app=web', '-o', 'name'])).trim().split('\n').length,
              1,
            ),
          60_000,
        )
        await cluster.mustKubectl(['scale', 'deployment/web', '--replicas=3'])
        await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      })
    })

    it(`in ${ROUNDS} deletions of a pod`, async () => {
      await under(async (cluster) => {
        const pod = await cluster.mustKubectl([
          'get',
          'pods',
          '-l',
          'app=web',
          '-o',
          'jsonpath={.items[0].metadata.name}',
        ])
        await cluster.mustKubectl(['delete', 'pod', pod])
        await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      })
    })
  })
}
