import type { Client } from '../client/client.ts'
import type { Clock } from '../lib/clock.ts'
import type { KeptPair } from '../lib/kept-pair.ts'
import type { Logger } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { keepRenewed } from '../lib/renewal.ts'
import type { Wish } from './ask-for-certificate.ts'

export interface NodeCertificatesOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  readonly nodeName: string
  /** By which names and addresses the server calls the agent: the Node must have all of them. */
  readonly names: readonly string[]
  /** What the agent shows to the server when it calls it. */
  readonly asClient: KeptPair
  /** What it shows when the server calls. */
  readonly asServer: KeptPair
}

/** Renews the certificates of an agent by asking the cluster for new ones, long before they end; until the signal fires. */
export async function keepNodeCertificates(options: NodeCertificatesOptions): Promise<void> {
  const { names, asClient, asServer } = options
  const keep = (what: string, pair: KeptPair, wish: Wish): Promise<void> =>
    keepRenewed({
      ...options,
      what,
      certificate: () => pair.current().certificate,
      async renew() {
        // Whoever set the node up may have made another one, as when the node was out of touch for too long to ask.
        if (pair.reload()) return
        // Loaded when it is time: a node that starts has other things to do.
        const { askForCertificate } = await import('./ask-for-certificate.ts')
        pair.replace(await askForCertificate(options, wish))
      },
    })
  await Promise.all([
    keep('node client', asClient, { signer: 'kube-apiserver-client-kubelet', usage: 'client auth', names: [] }),
    keep('node server', asServer, { signer: 'kubelet-serving', usage: 'server auth', names }),
  ])
}
