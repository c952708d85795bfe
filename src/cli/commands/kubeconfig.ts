import { readFileSync } from 'node:fs'
import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { dataDirOption, requireCluster } from './options.ts'

export const kubeconfig = defineCommand({
  name: 'kubeconfig',
  summary: 'Print a kubeconfig for this cluster.',
  usage: 'wherry kubeconfig [--data-dir DIR] > FILE',
  options: dataDirOption,
  async run({ values }, { print }) {
    const { layout } = requireCluster(values['data-dir'])
    try {
      print.out(readFileSync(layout.kubeconfig, 'utf8').trimEnd())
    } catch (error) {
      throw new WherryError('forbidden', `${layout.kubeconfig} cannot be read.`, {
        hint: "Run this with sudo: it holds an administrator's key.",
        cause: error,
      })
    }
  },
})
