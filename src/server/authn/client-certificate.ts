import { createHash } from 'node:crypto'
import { readSubject } from '../../lib/pki-subject.ts'
import type { Clock } from '../../lib/clock.ts'
import { AUTHENTICATED } from './groups.ts'
import { Identity } from './identity.ts'

interface Known {
  readonly identity: Identity | undefined
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/**
 * Who the holder of a verified client certificate is: its common name is the user, its organizations are the groups. The
 * answer is kept with the buffer, which a connection hands in for each of its requests; a certificate that expires while its
 * connection lives stops counting all the same. Undefined when it names nobody or does not hold now.
 */
export function certificateReader(clock: Pick<Clock, 'now'>): (certificate: Buffer) => Identity | undefined {
  const known = new WeakMap<Buffer, Known>()
  return (certificate) => {
    let entry = known.get(certificate)
    if (entry === undefined) {
      const { commonName, organizations, notBeforeMs, notAfterMs } = readSubject(certificate)
      entry = { identity: identityOf(certificate, commonName, organizations), notBeforeMs, notAfterMs }
      known.set(certificate, entry)
    }
    const now = clock.now()
    return now < entry.notBeforeMs || now > entry.notAfterMs ? undefined : entry.identity
  }
}

function identityOf(certificate: Buffer, commonName: string, organizations: readonly string[]): Identity | undefined {
  if (commonName === '') return undefined
  const fingerprint = createHash('sha256').update(certificate).digest('hex')
  return Identity.of(commonName, [...organizations, AUTHENTICATED], {
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  })
}
