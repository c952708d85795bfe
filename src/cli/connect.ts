import { readFileSync } from 'node:fs'
import type { Client } from '../client/client.ts'
import { httpClient } from '../client/http-client.ts'
import { parseKubeconfig } from '../client/kubeconfig.ts'
import { WherryError } from '../lib/errors.ts'
import { layoutFrom } from './commands/options.ts'

/** A client of the cluster in a data directory, with the administrator's credentials. */
export async function connect(dataDir: string, signal: AbortSignal): Promise<Client & AsyncDisposable> {
  const layout = layoutFrom(dataDir)
  let text: string
  try {
    text = readFileSync(layout.kubeconfig, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new WherryError(
      missing ? 'not-found' : 'forbidden',
      missing ? `There is no cluster in ${layout.root}.` : `${layout.kubeconfig} cannot be read.`,
      {
        hint: missing
          ? 'Start one with `sudo wherry up`, or name its directory with --data-dir.'
          : 'Run this with sudo.',
        cause: error,
      },
    )
  }
  const access = await parseKubeconfig(text, { path: layout.kubeconfig })
  const client = httpClient({ ...access, fieldManager: 'wherry' })
  signal.addEventListener('abort', () => void client.close(), { once: true })
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}
