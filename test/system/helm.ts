import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { eventually, repository, type SystemCluster } from './system-cluster.ts'

const chart = join(repository, 'examples', 'chart')

/** The project's own chart, by the real helm. */
export function helm(getCluster: () => SystemCluster): void {
  describe('helm', () => {
    it('installs, tests, upgrades, rolls back and uninstalls a chart with hooks', async () => {
      const cluster = getCluster()
      const { gateway } = await cluster.status()
      const greeting = async (wanted: RegExp): Promise<void> => {
        const { status, body } = await get(`http://${gateway.address}:${gateway.http}/`, { host: 'greeter.example' })
        assert.equal(status, 200)
        assert.match(body, wanted)
      }
      await cluster.mustHelm(['install', 'greeter', chart, '--wait', '--timeout', '120s'])
      assert.match(await cluster.mustKubectl(['logs', 'job/greeter-pre-install']), /pre-install of greeter/)
      await eventually(() => greeting(/^v1 greeter-/), 20_000)
      assert.match(await cluster.mustHelm(['test', 'greeter', '--logs', '--timeout', '60s']), /Phase:\s+Succeeded/)

      await cluster.mustHelm([
        'upgrade',
        'greeter',
        chart,
        '--set',
        'image=wherry.test/web:v2',
        '--wait',
        '--timeout',
        '120s',
      ])
      await eventually(() => greeting(/^v2 greeter-/), 20_000)
      await cluster.mustHelm(['rollback', 'greeter', '1', '--wait', '--timeout', '120s'])
      await eventually(() => greeting(/^v1 greeter-/), 20_000)

      await cluster.mustHelm(['uninstall', 'greeter', '--wait', '--timeout', '120s'])
      await eventually(async () => {
        const left = await cluster.mustKubectl([
          'get',
          'deployments,replicasets,pods,services,ingresses,configmaps',
          '-l',
          'app.kubernetes.io/instance=greeter',
          '-o',
          'name',
        ])
        assert.equal(left.trim(), '')
      }, 30_000)
      await cluster.mustKubectl(['delete', 'jobs,pods', '--all'])
    })
  })
}
