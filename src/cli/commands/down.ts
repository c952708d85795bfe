import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { readClusterFile } from '../machine/cluster-file.ts'
import { withLock } from '../machine/lock.ts'
import { requireRoot } from '../machine/preflight.ts'
import { purge, tearDown } from '../machine/tear-down.ts'
import { dataDirOption, layoutFrom } from './options.ts'
import { existsSync } from 'node:fs'

export const down = defineCommand({
  name: 'down',
  summary: 'Stop the cluster: containers, network rules, mounts and processes are gone.',
  usage: 'sudo wherry down [--purge] [--data-dir DIR]',
  about: 'The data stays, and `wherry up` brings everything back, unless --purge removes it too.',
  options: {
    purge: { type: 'boolean', help: 'Remove the data as well: store, images, volumes, keys' },
    ...dataDirOption,
  },
  async run({ values }, { print }) {
    const layout = layoutFrom(values['data-dir'])
    requireRoot('`wherry down`')
    if (!existsSync(layout.root)) {
      print.out(`There is nothing in ${layout.root}: no cluster to stop.`)
      return
    }
    await withLock(layout.lock, async () => {
      const cluster = readDamaged(() => readClusterFile(layout), values.purge)
      if (cluster === undefined && !values.purge) {
        throw new WherryError('not-found', `There is no cluster in ${layout.root}.`, {
          hint: 'Name its directory with --data-dir.',
        })
      }
      if (cluster !== undefined) await tearDown(layout, cluster, print)
      if (values.purge) await print.step('data removed', () => purge(layout, cluster))
    })
    print.out(
      values.purge
        ? 'The cluster is gone, and so is its data.'
        : 'The cluster is stopped. Its data is kept: `wherry up` brings it back.',
    )
  },
})

/** A purge must also work on a directory that is damaged. */
function readDamaged<T>(read: () => T, purging: boolean): T | undefined {
  try {
    return read()
  } catch (error) {
    if (purging) return undefined
    throw error
  }
}
