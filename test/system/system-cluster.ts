import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bringClientTool } from '../../src/cli/machine/client-tools.ts'
import { cacheFolder } from '../images/cache.ts'

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and keeps what it says. */
export function call(
  program: string,
  args: readonly string[],
  options: {
    readonly input?: string
    readonly env?: Record<string, string>
    readonly timeoutMs?: number
    readonly cwd?: string
  } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? repository,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 300_000,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? (signal ? 137 : 1),
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

/** As `call`; throws with all output unless it ended well. */
export async function mustCall(...args: Parameters<typeof call>): Promise<string> {
  const { code, stdout, stderr } = await call(...args)
  if (code === 0) return stdout
  throw new Error(`${args[0]} ${args[1].join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
}

/** `bin/wherry` of this checkout. */
export const wherryProgram = join(repository, 'bin', 'wherry')

/** A real cluster, as a user gets it: by `bin/wherry up`, in a data directory of its own, with the real kubectl and helm. */
export interface SystemCluster extends AsyncDisposable {
  readonly dataDir: string
  readonly upOutput: Outcome
  wherry(...args: readonly string[]): Promise<Outcome>
  kubectl(args: readonly string[], input?: string): Promise<Outcome>
  mustKubectl(args: readonly string[], input?: string): Promise<string>
  mustHelm(args: readonly string[]): Promise<string>
  /** Builds test images whose names contain one of `names` and loads them into every node. */
  importImages(...names: readonly string[]): Promise<void>
  status(): Promise<StatusReport>
}

export interface StatusReport {
  readonly processes: readonly { readonly role: string; readonly pid: number }[]
  readonly gateway: { readonly address: string; readonly http: number; readonly https: number }
  readonly nodes: readonly { readonly name: string; readonly address: string; readonly ready: boolean }[]
}

export interface SystemClusterOptions {
  readonly name: string
  /** Undefined: the machine itself is the node. */
  readonly nodes?: number
  readonly flags?: readonly string[]
}

/** Brings up a cluster; disposing it takes everything away again. */
export async function startSystemCluster({ name, nodes, flags = [] }: SystemClusterOptions): Promise<SystemCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), `wherry-${name}-`))
  const env = { WHERRY_DATA_DIR: dataDir }
  const wherry = (...args: readonly string[]): Promise<Outcome> => call(wherryProgram, args, { env })
  const toolsDir = cacheFolder('tools')
  const [kubectlPath, helmPath] = await Promise.all([
    bringClientTool('kubectl', toolsDir, () => {}),
    bringClientTool('helm', toolsDir, () => {}),
  ])
  const kubeEnv = { KUBECONFIG: join(dataDir, 'kubeconfig'), HELM_CACHE_HOME: join(dataDir, 'helm') }
  const kubectl = (args: readonly string[], input?: string): Promise<Outcome> =>
    call(kubectlPath, args, { env: kubeEnv, ...(input === undefined ? {} : { input }) })
  const upOutput = await wherry(
    'up',
    '--name',
    name,
    ...(nodes === undefined ? [] : ['--nodes', String(nodes)]),
    ...flags,
  )
  const cluster: SystemCluster = {
    dataDir,
    upOutput,
    wherry,
    kubectl,
    mustKubectl: (args, input) =>
      mustCall(kubectlPath, args, { env: kubeEnv, ...(input === undefined ? {} : { input }) }),
    mustHelm: (args) => mustCall(helmPath, args, { env: kubeEnv }),
    async importImages(...names) {
      const archives = await mustCall(process.execPath, [join(repository, 'test', 'images', 'main.ts'), ...names])
      await mustCall(wherryProgram, ['image', 'import', ...archives.trim().split('\n')], { env })
    },
    async status() {
      return JSON.parse((await wherry('status', '-o', 'json')).stdout) as StatusReport
    },
    async [Symbol.asyncDispose]() {
      const down = await wherry('down', '--purge')
      rmSync(dataDir, { recursive: true, force: true })
      if (down.code !== 0) throw new Error(`down failed: ${down.stderr}`)
    },
  }
  if (upOutput.code !== 0) {
    const logs = readLogs(dataDir)
    await Promise.resolve(cluster[Symbol.asyncDispose]()).catch(() => {})
    throw new Error(`up ended with ${upOutput.code}\n${upOutput.stdout}\n${upOutput.stderr}\n${logs}`)
  }
  return cluster
}

function readLogs(dataDir: string): string {
  return ['server.log']
    .map((file) => {
      try {
        return readFileSync(join(dataDir, 'log', file), 'utf8')
          .split('\n')
          .slice(-30)
          .join('\n')
      } catch {
        return ''
      }
    })
    .join('\n')
}

/** Tries `attempt` until it does not throw, for at most `timeoutMs`; then throws what it threw last. */
export async function eventually<T>(attempt: () => T | Promise<T>, timeoutMs = 60_000, everyMs = 200): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }
}
