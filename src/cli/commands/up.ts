import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { bringUp, clusterIsUp } from '../machine/bring-up.ts'
import { readClusterFile } from '../machine/cluster-file.ts'
import { withLock } from '../machine/lock.ts'
import { validateClusterName } from '../machine/plan.ts'
import { prepareDataDir, requireRoot } from '../machine/preflight.ts'
import { dataDirOption, layoutFrom } from './options.ts'

export const up = defineCommand({
  name: 'up',
  summary: 'Start a cluster on this machine, installing what is missing.',
  usage: 'sudo wherry up [--nodes N] [--name NAME] [--data-dir DIR]',
  about: `Returns 0 when the cluster is Ready. Run again on a running cluster, it changes nothing.
Without --nodes, the machine itself is the one node. With it, N nodes live side by side, each in network and mount
namespaces of its own with its own container runtime.`,
  options: {
    nodes: { type: 'string', value: 'N', help: 'How many nodes to make, each in namespaces of its own' },
    name: { type: 'string', value: 'NAME', default: 'default', help: 'Name of the cluster; two can run side by side' },
    'api-port': { type: 'string', value: 'PORT', help: 'Port of the Kubernetes API (6443)' },
    'http-port': { type: 'string', value: 'PORT', help: 'Port of the gateway for HTTP (80)' },
    'https-port': { type: 'string', value: 'PORT', help: 'Port of the gateway for HTTPS (443)' },
    ...dataDirOption,
  },
  async run({ values }, { print, signal }) {
    const port = (flag: 'api-port' | 'http-port' | 'https-port'): number | undefined =>
      wholeNumber(`--${flag}`, values[flag], 1, 65_535)
    const wish = {
      name: values.name,
      nodes: wholeNumber('--nodes', values.nodes, 1, 64),
      apiPort: port('api-port'),
      httpPort: port('http-port'),
      httpsPort: port('https-port'),
    }
    validateClusterName(wish.name)
    const layout = layoutFrom(values['data-dir'])
    requireRoot('`wherry up`')
    prepareDataDir(layout.root)
    await withLock(layout.lock, async () => {
      const existing = readClusterFile(layout)
      if (existing !== undefined && values.name !== 'default' && existing.name !== wish.name) {
        throw new WherryError(
          'conflict',
          `${layout.root} holds the cluster \`${existing.name}\`, not \`${wish.name}\`.`,
          { hint: 'Give each cluster a --data-dir of its own.' },
        )
      }
      if (
        existing !== undefined &&
        wish.nodes !== undefined &&
        wish.nodes !== existing.nodes.filter((node) => node.namespace).length
      ) {
        throw new WherryError('conflict', `This cluster was made with other nodes (${existing.nodes.length}).`, {
          hint: `Take it down first: wherry down --purge --data-dir ${layout.root}`,
        })
      }
      if (existing !== undefined && (await clusterIsUp(layout, existing))) {
        print.out(`The cluster \`${existing.name}\` is up already; nothing was changed. See \`wherry status\`.`)
        return
      }
      const cluster = await bringUp(layout, existing, wish, { print, signal })
      const flag = layout.root === dataDirOption['data-dir'].default ? '' : ` --data-dir ${layout.root}`
      const environment = flag === '' ? '' : `WHERRY_DATA_DIR=${layout.root} `
      const { address, http } = cluster.gateway
      print.out(`
${print.bold(`The cluster \`${cluster.name}\` is ready.`)}
  kubeconfig  ${layout.kubeconfig}
  gateway     http://${address}${http === 80 ? '' : `:${http}`}
  next        ${environment}wherry kubectl apply -f FILE   (then: wherry status${flag}, wherry why KIND/NAME${flag})`)
    })
  },
})

function wholeNumber(flag: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new WherryError('bad-request', `${flag} must be a whole number from ${min} to ${max}, not \`${text}\`.`)
}
