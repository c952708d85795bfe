import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterFile, Layout, NodeRecord } from '../../src/cli/machine/cluster-file.ts'
import { layoutOf, readClusterFile } from '../../src/cli/machine/cluster-file.ts'
import type { StatusReport } from '../system/system-cluster.ts'
import { call, mustCall, wherryProgram } from '../system/system-cluster.ts'
import type { Endpoint, Loaded } from './endpoint.ts'
import { endpointOf } from './endpoint.ts'
import { cpuSeconds } from './process-cost.ts'

/** A real cluster with one node in namespaces of its own, by `wherry up`. */
export class TestCluster implements Loaded, AsyncDisposable {
  readonly layout: Layout
  readonly file: ClusterFile
  readonly endpoint: Endpoint
  readonly #processes: StatusReport['processes']

  private constructor(layout: Layout, file: ClusterFile, endpoint: Endpoint, processes: StatusReport['processes']) {
    this.layout = layout
    this.file = file
    this.endpoint = endpoint
    this.#processes = processes
  }

  static async start(signal: AbortSignal, program: string = wherryProgram): Promise<TestCluster> {
    const layout = layoutOf(mkdtempSync(join(tmpdir(), 'wherry-bench-')))
    const where = ['--data-dir', layout.root]
    try {
      await mustCall(program, ['up', '--name', 'bench', '--nodes', '1', ...where])
      signal.throwIfAborted()
      const status = await mustCall(wherryProgram, ['status', '-o', 'json', ...where])
      const { processes } = JSON.parse(status) as StatusReport
      return new TestCluster(layout, readClusterFile(layout)!, await endpointOf(layout.kubeconfig), processes)
    } catch (error) {
      await purge(layout)
      throw error
    }
  }

  get node(): NodeRecord {
    return this.file.nodes[0]!
  }

  get pid(): number {
    return this.#pid('server')
  }

  get agentPid(): number {
    return this.#pid('agent')
  }

  /** CPU seconds of server and agent, since they run. */
  cpuSeconds(): number {
    return cpuSeconds(this.pid) + cpuSeconds(this.agentPid)
  }

  #pid(role: string): number {
    const found = this.#processes.find((process) => process.role.startsWith(role))
    if (found === undefined) throw new Error(`no process is the ${role}: ${JSON.stringify(this.#processes)}`)
    return found.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await purge(this.layout)
  }
}

export async function purge({ root, log }: Layout): Promise<void> {
  const { code, stderr } = await call(wherryProgram, ['down', '--purge', '--data-dir', root])
  if (code !== 0)
    throw new Error(`the cluster in ${root} is still there: ${stderr}${lastWords(join(log, 'server.log'))}`)
  rmSync(root, { recursive: true, force: true })
}

function lastWords(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-2000)
  } catch {
    return ''
  }
}
