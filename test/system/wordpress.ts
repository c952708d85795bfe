import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { eventually, repository, type SystemCluster } from './system-cluster.ts'

/** A well-known application of two tiers, from Debian's packages: WordPress with MariaDB. */
export function wordpress(getCluster: () => SystemCluster): void {
  describe('WordPress with MariaDB', () => {
    it('shows its installation page through the gateway', async () => {
      const cluster = getCluster()
      const { gateway } = await cluster.status()
      await cluster.mustKubectl(['apply', '-f', join(repository, 'examples', 'wordpress.yaml')])
      for (const name of ['wordpress-db', 'wordpress'])
        await cluster.mustKubectl(['rollout', 'status', `deployment/${name}`, '--timeout=180s'])
      await eventually(async () => {
        const { status, body } = await get(`http://${gateway.address}:${gateway.http}/wp-admin/install.php`, {
          host: 'blog.example',
        })
        assert.equal(status, 200, body.slice(0, 500))
        assert.match(body, /WordPress/)
        assert.doesNotMatch(body, /Error establishing a database connection/)
      }, 60_000)
      await cluster.mustKubectl(['delete', '-f', join(repository, 'examples', 'wordpress.yaml'), '--wait=true'])
    })
  })
}
