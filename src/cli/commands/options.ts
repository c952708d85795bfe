import { resolve } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import { type ClusterFile, type Layout, layoutOf, readClusterFile } from '../machine/cluster-file.ts'

/** The flag by which every command finds its cluster. */
export const dataDirOption = {
  'data-dir': {
    type: 'string',
    value: 'DIR',
    default: '/var/lib/wherry',
    variable: 'WHERRY_DATA_DIR',
    help: 'Where the cluster keeps everything',
  },
} as const

export const outputOption = {
  output: { type: 'string', short: 'o', value: 'json', help: 'json for a program to read' },
} as const

/** The folders that `--data-dir` names. */
export function layoutFrom(dataDir: string): Layout {
  if (dataDir.includes('\0') || dataDir.trim() === '' || resolve(dataDir) === '/') {
    throw new WherryError('bad-request', `\`${dataDir}\` cannot be a data directory.`, {
      hint: 'Name a folder, as in --data-dir /var/lib/wherry.',
    })
  }
  return layoutOf(resolve(dataDir))
}

/** The cluster that a command is about; throws with the next step when there is none. */
export function requireCluster(dataDir: string): { layout: Layout; cluster: ClusterFile } {
  const layout = layoutFrom(dataDir)
  const cluster = readClusterFile(layout)
  if (cluster === undefined) {
    throw new WherryError('not-found', `There is no cluster in ${layout.root}.`, {
      hint: 'Start one with `sudo wherry up`, or name its directory with --data-dir.',
    })
  }
  return { layout, cluster }
}

/** Whether the answer is to be JSON; throws for a format that is not known. */
export function wantsJson(output: string | undefined): boolean {
  if (output === undefined || output === '') return false
  if (output === 'json') return true
  throw new WherryError('bad-request', `The output format \`${output}\` is not known.`, {
    hint: 'Use -o json, or leave it out.',
  })
}
