import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { findClientTool } from '../machine/client-tools.ts'
import { dataDirOption, requireCluster } from './options.ts'

export const kubectl = defineCommand({
  name: 'kubectl',
  summary: 'Run the real kubectl against this cluster.',
  usage: 'wherry kubectl [KUBECTL ARGUMENTS]',
  about:
    'The kubectl on the PATH is used, else one that is brought into the data directory. WHERRY_DATA_DIR chooses the cluster.',
  options: {},
  passThrough: true,
  async run({ positionals }, { env, print }) {
    const { layout } = requireCluster(env['WHERRY_DATA_DIR'] || dataDirOption['data-dir'].default)
    try {
      accessSync(layout.kubeconfig, constants.R_OK)
    } catch (error) {
      throw new WherryError('forbidden', `${layout.kubeconfig} cannot be read.`, {
        hint: "Run this with sudo: it holds an administrator's key.",
        cause: error,
      })
    }
    const program = await findClientTool('kubectl', layout.tools, print.note)
    return runInteractively(program, positionals, { ...env, KUBECONFIG: layout.kubeconfig })
  },
})

/** Hands the terminal to a program and answers with its exit code. */
function runInteractively(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env })
    // The terminal sends its signals to the child as well; this process only has to outlive it.
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const) process.on(signal, () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.on('error', (cause) =>
      reject(new WherryError('unavailable', `${program} cannot be started: ${cause.message}`, { cause })),
    )
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}
