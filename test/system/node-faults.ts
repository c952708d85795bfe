import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { nodeControl } from './node-control.ts'
import { eventually, repository, type SystemCluster } from './system-cluster.ts'

/** A node is cut off, paused, killed and brought back: the others go on, and it takes part again by itself. */
export function nodeFaults(getCluster: () => SystemCluster): void {
  describe('a node', () => {
    const ready = async (wanted: string): Promise<void> => {
      const text = await getCluster().mustKubectl([
        'get',
        'node',
        'node-2',
        '-o',
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
      ])
      assert.equal(text, wanted)
    }
    const serves = async (): Promise<void> => {
      const { gateway } = await getCluster().status()
      assert.equal((await get(`http://${gateway.address}:${gateway.http}/`, { host: 'web.example' })).status, 200)
    }

    it('is missed when it is cut off, and takes part again when it is back', async () => {
      const cluster = getCluster()
      const node = nodeControl(cluster, 'node-2')
      await cluster.mustKubectl(['apply', '-f', join(repository, 'examples', 'web.yaml')])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      const before = await cluster.mustKubectl([
        'get',
        'pods',
        '-l',
        'app=web',
        '-o',
        'jsonpath={.items[*].metadata.uid}',
      ])
      await node.cutOff()
      try {
        await eventually(() => ready('Unknown'), 120_000, 1000)
        await eventually(serves, 30_000)
        assert.match((await cluster.wherry('why', 'node/node-2')).stdout, /Ready is Unknown/)
      } finally {
        await node.reconnect()
      }
      await eventually(() => ready('True'), 60_000, 500)
      assert.equal(
        await cluster.mustKubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].metadata.uid}']),
        before,
      )
    })

    it('goes on where it was when it stood still', async () => {
      const cluster = getCluster()
      const node = nodeControl(cluster, 'node-2')
      await node.pause()
      await node.resume()
      await eventually(() => ready('True'), 60_000, 500)
      await cluster.mustKubectl(['rollout', 'restart', 'deployment/web'])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    })

    it('comes back with its pods after all of it was killed', async () => {
      const cluster = getCluster()
      const node = nodeControl(cluster, 'node-2')
      const names = readdirSync('/run/netns')
      await node.kill()
      assert.deepEqual(readdirSync('/run/netns'), names, 'it left names of namespaces behind')
      await node.bringBack()
      await eventually(() => ready('True'), 60_000, 500)
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      await eventually(serves, 30_000)
      await cluster.mustKubectl(['delete', '-f', join(repository, 'examples', 'web.yaml')])
    })
  })
}
