import { createPrivateKey, X509Certificate } from 'node:crypto'
import { CertificateSigningRequests } from '../api/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest } from '../api/certificates/v1.ts'
import type { Client } from '../client/client.ts'
import type { Clock } from '../lib/clock.ts'
import { WherryError } from '../lib/errors.ts'
import type { KeyPair } from '../lib/pki.ts'
import { createRequest } from '../lib/pki.ts'

/** What an agent asks for. */
export interface Wish {
  readonly signer: 'kube-apiserver-client-kubelet' | 'kubelet-serving'
  readonly usage: 'client auth' | 'server auth'
  readonly names: readonly string[]
}

export interface Asking {
  readonly client: Client
  readonly clock: Clock
  readonly nodeName: string
  readonly signal: AbortSignal
}

/** A season, as of those that the node begins with. */
const EXPIRATION_SECONDS = 90 * 86_400
/** How long somebody may take to approve and sign. */
const ANSWER_MS = 15 * 60_000

/** Makes a new key, asks for a certificate for it, and waits until that has been issued; throws when it is refused. */
export async function askForCertificate(
  { client, clock, nodeName, signal }: Asking,
  { signer, usage, names }: Wish,
): Promise<KeyPair> {
  const subject = { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'], names }
  const { csr, key } = await createRequest(subject)
  const made = await client.create(CertificateSigningRequests, {
    metadata: { generateName: `node-${nodeName.slice(0, 40)}-` },
    spec: {
      request: Buffer.from(csr).toString('base64'),
      signerName: `kubernetes.io/${signer}`,
      usages: ['digital signature', usage],
      expirationSeconds: EXPIRATION_SECONDS,
    },
  })
  const certificate = await answerTo(made, client, clock, signal)
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
    throw new WherryError('internal', 'the certificate that was issued is for another key')
  }
  return { certificate, key }
}

async function answerTo(
  { metadata }: CertificateSigningRequest,
  client: Client,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const over = new AbortController()
  const cancel = clock.after(ANSWER_MS, () => over.abort())
  const fieldSelector = `metadata.name=${metadata.name}`
  const watch = { fieldSelector, sendInitialEvents: true, signal: AbortSignal.any([signal, over.signal]) }
  try {
    for await (const event of client.watch(CertificateSigningRequests, watch)) {
      if (event.type === 'BOOKMARK') continue
      const certificate = issued(event.object)
      if (certificate !== undefined) return certificate
    }
  } finally {
    cancel()
  }
  signal.throwIfAborted()
  throw new WherryError('timeout', `nobody has signed the request ${metadata.name}`, {
    hint: `kubectl describe csr ${metadata.name}`,
  })
}

/** The certificate in PEM; undefined as long as there is neither one nor a refusal. */
function issued({ metadata, status }: CertificateSigningRequest): string | undefined {
  const no = status.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed')
  if (no !== undefined) {
    throw new WherryError(
      'forbidden',
      `the request ${metadata.name} was refused: ${no.message ?? no.reason ?? no.type}`,
    )
  }
  return status.certificate ? Buffer.from(status.certificate, 'base64').toString('latin1') : undefined
}
