import { existsSync, readFileSync } from 'node:fs'
import {
  frontProxyRequest,
  LEAF_DAYS,
  serverClientRequest,
  serverRequest,
  type CredentialFiles,
} from '../cli/machine/credentials.ts'
import type { ClusterFile } from '../cli/machine/cluster-file.ts'
import type { Clock } from '../lib/clock.ts'
import { KeptPair } from '../lib/kept-pair.ts'
import type { Logger } from '../lib/log.ts'
import { issueCertificate, type KeyPair } from '../lib/pki.ts'
import type { Random } from '../lib/random.ts'
import { keepRenewed } from '../lib/renewal.ts'

/** What the server shows of itself: as the API, and when it calls the agents of nodes and servers behind it. */
export interface ServerPairs {
  readonly server: KeptPair
  readonly client: KeptPair
  readonly front: KeptPair | undefined
}

export function serverPairs(files: CredentialFiles, authority: string, front?: string): ServerPairs {
  return {
    server: new KeptPair({ authority, ...files.server }),
    client: new KeptPair({ authority, ...files.serverClient }),
    front: front === undefined ? undefined : new KeptPair({ authority: front, ...files.frontProxy }),
  }
}

/** The authority of the server's word for its callers; undefined in a data directory of before there was one. */
export function frontAuthority({ frontProxyAuthority, frontProxy }: CredentialFiles): KeyPair | undefined {
  const { certificate, key } = frontProxyAuthority
  if (![certificate, key, frontProxy.made.key].every((file) => existsSync(file))) return undefined
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** A pair in the words of TLS. */
export function tlsOf(pair: KeptPair): { readonly cert: string; readonly key: string } {
  const { certificate, key } = pair.current()
  return { cert: certificate, key }
}

export interface ServerCertificatesOptions {
  readonly cluster: ClusterFile
  readonly authority: KeyPair
  readonly frontAuthority?: KeyPair | undefined
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Renews the server's certificates long before they end, until the signal fires. It holds the authority, and asks nobody. */
export async function keepServerCertificates(
  { server, client, front }: ServerPairs,
  options: ServerCertificatesOptions,
): Promise<void> {
  const { cluster, authority, frontAuthority: other, clock } = options
  const keep = (
    what: string,
    pair: KeptPair,
    request: ReturnType<typeof serverRequest>,
    signer = authority,
  ): Promise<void> =>
    keepRenewed({
      ...options,
      what,
      certificate: () => pair.current().certificate,
      async renew() {
        const wish = { ...request, days: LEAF_DAYS, now: clock.now() }
        if (!pair.reload()) pair.replace(await issueCertificate(signer, wish))
      },
    })
  await Promise.all([
    keep('server', server, serverRequest(cluster)),
    keep('server as client', client, serverClientRequest),
    ...(front === undefined || other === undefined ? [] : [keep('front proxy', front, frontProxyRequest, other)]),
  ])
}
