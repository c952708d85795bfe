import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { importImage, readArchiveNames } from '../machine/images.ts'
import { requireRoot } from '../machine/preflight.ts'
import { dataDirOption, requireCluster } from './options.ts'

export const imageImport = defineCommand({
  name: 'image import',
  summary: 'Load OCI or Docker archives into the runtime of every node, under the names they carry.',
  usage: 'sudo wherry image import FILE...',
  options: dataDirOption,
  async run({ values, positionals }, { print, signal }) {
    if (positionals.length === 0)
      throw new WherryError('bad-request', 'Which archives?', {
        hint: 'As in: docker save app:1 -o app.tar, then wherry image import app.tar',
      })
    const { layout, cluster } = requireCluster(values['data-dir'])
    requireRoot('`wherry image import`')
    // All files are looked at before the first is loaded, so that a typing error changes nothing.
    const files = positionals.map((file) => resolve(file))
    for (const file of files) {
      if (!existsSync(file)) throw new WherryError('not-found', `There is no file ${file}.`)
      if (!statSync(file).isFile()) throw new WherryError('bad-request', `${file} is not a file.`)
    }
    const names = await Promise.all(files.map((file) => readArchiveNames(file)))
    for (const [i, file] of files.entries()) {
      await print.step(names[i]!.join(', '), async (detail) => {
        for (const node of cluster.nodes) {
          detail(node.name)
          await importImage(layout, node, { file, names: names[i]!, signal })
        }
        detail(`on ${cluster.nodes.map((node) => node.name).join(', ')}`)
      })
    }
  },
})
