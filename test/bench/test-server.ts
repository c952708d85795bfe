import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { longLivedCommand } from '../../src/cli/machine/bring-up.ts'
import type { Layout } from '../../src/cli/machine/cluster-file.ts'
import { layoutOf, writeClusterFile } from '../../src/cli/machine/cluster-file.ts'
import { ensureCredentials } from '../../src/cli/machine/credentials.ts'
import { planCluster } from '../../src/cli/machine/plan.ts'
import { Connection } from './connection.ts'
import type { Endpoint, Loaded } from './endpoint.ts'
import { endpointOf } from './endpoint.ts'

const STOP_MS = 20_000

/** The real server program on a data directory of its own, as `up` makes it, on a free port; it needs no root. */
export class TestServer implements Loaded, AsyncDisposable {
  readonly layout: Layout
  readonly endpoint: Endpoint
  readonly #command: readonly string[]
  #process: ChildProcess | undefined

  private constructor(layout: Layout, endpoint: Endpoint, command: readonly string[]) {
    this.layout = layout
    this.endpoint = endpoint
    this.#command = command
  }

  /** Makes the data directory; nothing runs yet. `program` is what runs instead of the source. */
  static async prepare(program?: string): Promise<TestServer> {
    const layout = layoutOf(mkdtempSync(join(tmpdir(), 'wherry-bench-')))
    const wish = {
      name: 'bench',
      nodes: undefined,
      apiPort: await freePort(),
      httpPort: undefined,
      httpsPort: undefined,
    }
    const cluster = planCluster(wish, {
      slot: 0,
      address: '127.0.0.1',
      hostname: 'bench',
      systemd: false,
      now: new Date().toISOString(),
    })
    for (const folder of [layout.pki, layout.server, layout.run, layout.log, layout.node('bench')]) {
      mkdirSync(folder, { recursive: true })
    }
    await ensureCredentials(layout, cluster)
    writeClusterFile(layout, cluster)
    const command = longLivedCommand(compiled, ['server', '--data-dir', layout.root], program)
    return new TestServer(layout, await endpointOf(layout.kubeconfig), command)
  }

  static async start(): Promise<TestServer> {
    const server = await TestServer.prepare()
    await server.start()
    return server
  }

  get pid(): number {
    return this.#process!.pid!
  }

  /** Starts the program; answers after how many milliseconds since its execution it was ready. */
  async start(): Promise<number> {
    const log = openSync(this.logFile, 'a')
    const begin = performance.now()
    const child = spawn(this.#command[0]!, this.#command.slice(1), {
      stdio: ['ignore', log, log],
      // For profiles: `--cpu-prof --cpu-prof-dir=DIR` and the like, for the server alone.
      env: { ...process.env, NODE_OPTIONS: process.env['WHERRY_BENCH_NODE_OPTIONS'] ?? '' },
    })
    closeSync(log)
    this.#process = child
    while (!(await this.#isReady())) {
      if (child.exitCode !== null) throw new Error(`the server ended: ${readFileSync(this.logFile, 'utf8')}`)
      await sleep(5)
    }
    return performance.now() - begin
  }

  async #isReady(): Promise<boolean> {
    try {
      await using connection = await Connection.open(this.endpoint)
      return (await connection.request('GET', '/readyz')).status === 200
    } catch {
      return false
    }
  }

  get logFile(): string {
    return join(this.layout.log, 'server.log')
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => {
      console.error('the server does not end when it is asked to')
      child.kill('SIGKILL')
    }, STOP_MS)
    await ended
    clearTimeout(timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.layout.root, { recursive: true, force: true })
  }
}

/** Kept over all runs, as a cluster keeps it over restarts. */
const compiled = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'bench')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
