import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { get } from './http.ts'
import { call, eventually, mustCall, repository, startSystemCluster, wherryProgram } from './system-cluster.ts'

/** Everything of a machine that a cluster changes while it runs. */
async function machineState(): Promise<Record<string, readonly string[]>> {
  const lines = (text: string): readonly string[] =>
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .toSorted()
  const cgroups = lines(await mustCall('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-type', 'd']))
  // Those of the cluster name its directory; what ran in its containers was in its cgroups, which are compared as well.
  const processes = readdirSync('/proc').flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return command.includes(`${tmpdir()}/wherry-one-`) ? [command] : []
    } catch {
      return []
    }
  })
  return {
    processes: processes.toSorted(),
    mounts: lines(readFileSync('/proc/self/mounts', 'utf8')),
    links: lines(await mustCall('ip', ['-o', 'link']))
      .map((line) => line.replace(/^\d+: /, '').split(/[:@]/)[0]!)
      .toSorted(),
    routes: lines(await mustCall('ip', ['route'])),
    namespaces: lines(await mustCall('ip', ['netns', 'list'])),
    tables: lines((await call('nft', ['list', 'tables'])).stdout),
    cgroups,
    files: ['/etc/systemd/system', '/etc/cni', '/opt/cni', '/run', '/var/lib', '/var/log', '/var/run/netns', '/tmp']
      .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []))
      .filter((path) => !/node-compile-cache|\/tmp\/node-|lock$/.test(path))
      .toSorted(),
  }
}

describe('a machine with a cluster', () => {
  it('serves an application, and is as before when the cluster is gone', async () => {
    const before = await machineState()
    const data = mkdtempSync(join(tmpdir(), 'wherry-one-'))
    rmSync(data, { recursive: true })
    {
      await using cluster = await startSystemCluster({
        name: 'one',
        flags: ['--http-port', '18080', '--https-port', '18443', '--api-port', '17443'],
      })
      await cluster.importImages('wherry.test/web')
      await cluster.mustKubectl(['apply', '-f', join(repository, 'examples', 'web.yaml')])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      const served = async (): Promise<void> =>
        assert.match((await get('http://127.0.0.1:18080/', { host: 'web.example' })).body, /^v1 web-/)
      await eventually(served, 20_000)

      // Stopped and started again, it comes back as it was.
      await mustCall(wherryProgram, ['down', '--data-dir', cluster.dataDir])
      assert.deepEqual((await machineState())['processes'], before['processes'])
      await mustCall(wherryProgram, ['up', '--data-dir', cluster.dataDir])
      await cluster.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
      await eventually(served, 60_000)
    }
    assert.deepEqual(await machineState(), before)
  })

  it('has room for two clusters side by side', async () => {
    await using first = await startSystemCluster({ name: 'left', nodes: 1 })
    await using second = await startSystemCluster({ name: 'right', nodes: 1 })
    for (const [mine, other] of [
      [first, second],
      [second, first],
    ] as const) {
      await mine.mustKubectl(['create', 'configmap', 'whose', `--from-literal=dir=${mine.dataDir}`])
      assert.notEqual(
        (await other.kubectl(['get', 'configmap', 'whose', '-o', `jsonpath={.data.dir}`])).stdout,
        mine.dataDir,
      )
    }
  })
})
