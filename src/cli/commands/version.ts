import { kubernetesVersion, release } from '../../lib/release.ts'
import { defineCommand } from '../command.ts'
import { outputOption, wantsJson } from './options.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Say which version this is.',
  usage: 'wherry version [-o json]',
  options: outputOption,
  async run({ values }, { print }) {
    const versions = { wherry: release(), kubernetes: kubernetesVersion, node: process.version }
    print.out(
      wantsJson(values.output)
        ? JSON.stringify(versions, null, 2)
        : `wherry ${versions.wherry} (Kubernetes API ${versions.kubernetes}, Node ${versions.node})`,
    )
  },
})
