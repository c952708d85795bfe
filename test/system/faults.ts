import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { startLoad } from './load.ts'
import { call, eventually, repository, type SystemCluster } from './system-cluster.ts'

/** What must come back comes back by itself, and what runs is not touched. */
export function faults(getCluster: () => SystemCluster): void {
  describe('kill -9', () => {
    const web = async (): Promise<string> => {
      const { gateway } = await getCluster().status()
      return `http://${gateway.address}:${gateway.http}/`
    }
    const containers = async (): Promise<string> =>
      (
        await getCluster().mustKubectl([
          'get',
          'pods',
          '-l',
          'app=web',
          '-o',
          'jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
        ])
      )
        .trim()
        .split('\n')
        .toSorted()
        .join('\n')
    const kill = async (role: string): Promise<void> => {
      const { processes } = await getCluster().status()
      const process_ = processes.find((one) => one.role === role)
      assert.ok(process_, `${role} is among ${processes.map((one) => one.role).join(', ')}`)
      process.kill(process_.pid, 'SIGKILL')
      await eventually(async () => {
        const after = (await getCluster().status()).processes.find((one) => one.role === role)
        assert.ok(after !== undefined && after.pid !== process_.pid, `${role} is back`)
      }, 30_000)
    }
    const ready = async (): Promise<void> => {
      const cluster = getCluster()
      await cluster.mustKubectl(['apply', '-f', join(repository, 'examples', 'web.yaml')])
      await cluster.mustKubectl(['scale', 'deployment/web', '--replicas=3'])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      await eventually(async () => assert.equal((await get(await web(), { host: 'web.example' })).status, 200), 20_000)
    }
    const startClient = (host: string, port: number, limit: number) =>
      startLoad({ host, port, headers: { host: 'web.example' }, connections: 2, limit, pauseMs: 10 })
    /**
     * Kills while a client loops over the gateway; the cluster must work again, with the same containers. Only what the
     * client's connections go through may cost it requests, and only until it is back.
     */
    const survives = async (role: string, isInTheWay: boolean): Promise<void> => {
      await ready()
      const before = await containers()
      const cluster = getCluster()
      const { gateway } = await cluster.status()
      const load = startClient(gateway.address, gateway.http, 50_000)
      try {
        await kill(role)
        await eventually(
          () => cluster.mustKubectl(['create', 'configmap', `after-${role.replace('/', '-')}`, '--from-literal=a=b']),
          60_000,
        )
        await eventually(async () => assert.equal((await cluster.wherry('status')).code, 0), 60_000)
      } finally {
        const { failures, sent } = await load.stop()
        if (!isInTheWay) assert.deepEqual(failures, [], `${failures.length} of ${sent} failed`)
      }
      assert.deepEqual((await startClient(gateway.address, gateway.http, 200).done).failures, [])
      assert.equal(await containers(), before, 'running containers were touched')
      // The node still takes work.
      await cluster.mustKubectl(['delete', 'pod', '-l', 'app=web', '--wait=true'])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    }

    it('of the server loses no acknowledged write', async () => {
      const cluster = getCluster()
      const written: string[] = []
      const stop = new AbortController()
      const writer = (async () => {
        for (let i = 0; !stop.signal.aborted && i < 500; i++) {
          const { code } = await cluster.kubectl([
            'create',
            'configmap',
            `durable-${i}`,
            `--from-literal=n=${i}`,
            '--request-timeout=5s',
          ])
          if (code === 0) written.push(`durable-${i}`)
        }
      })()
      await eventually(() => assert.ok(written.length >= 3), 30_000)
      await survives('server', false)
      stop.abort()
      await writer
      const there = new Set(
        (await cluster.mustKubectl(['get', 'configmaps', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' '),
      )
      assert.deepEqual(
        written.filter((name) => !there.has(name)),
        [],
      )
    })
    it('of an agent', () => survives('agent/node-1', false))
    it('of containerd', () => survives('containerd/node-1', false))
    it('of HAProxy', () => survives('haproxy/node-1', true))

    it('of a container brings it back, while others answer', async () => {
      await ready()
      const cluster = getCluster()
      const pod = await cluster.mustKubectl([
        'get',
        'pods',
        '-l',
        'app=web',
        '-o',
        'jsonpath={.items[0].metadata.name}',
      ])
      const { stdout } = await call('sh', [
        '-c',
        `for p in /proc/[0-9]*; do [ "$(tr '\\0' ' ' <$p/environ 2>/dev/null | grep -o "HOSTNAME=[^ ]*")" = "HOSTNAME=${pod}" ] && echo "\${p#/proc/}"; done`,
      ])
      const pids = stdout
        .trim()
        .split('\n')
        .map(Number)
        .filter((pid) => pid > 1)
      assert.ok(pids.length > 0)
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It went with its parent.
        }
      }
      await eventually(
        async () =>
          assert.equal(
            await cluster.mustKubectl([
              'get',
              'pod',
              pod,
              '-o',
              'jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}',
            ]),
            '1 true',
          ),
        60_000,
      )
      await cluster.mustKubectl(['delete', '-f', join(repository, 'examples', 'web.yaml')])
    })
  })
}
