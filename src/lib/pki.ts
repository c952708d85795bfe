import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { WherryError } from './errors.ts'

/** A certificate with its key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface CertificateRequest {
  /** Becomes CN: the user's name to the API server. */
  readonly commonName: string
  /** Become O: the user's groups to the API server. */
  readonly organizations?: readonly string[]
  /** DNS names and IP addresses, for a server. */
  readonly names?: readonly string[]
  readonly usages: readonly ('client' | 'server')[]
  readonly days: number
  readonly now: number
}

const DAY_MS = 86_400_000
/** Certificates begin a little in the past, for clocks that are a little behind. */
const SKEW_MS = 5 * 60_000
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

type X509 = typeof import('@peculiar/x509')

/** Loaded when the first certificate is made: it costs 150 ms, and a running cluster seldom makes one. */
async function x509(): Promise<X509> {
  await import('reflect-metadata')
  const library = await import('@peculiar/x509')
  library.cryptoProvider.set(webcrypto)
  return library
}

async function generateKeys(): Promise<{ readonly keys: webcrypto.CryptoKeyPair; readonly pem: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' })
  return { keys, pem: pem.toString() }
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign'])
}

/** A random positive serial number, as RFC 5280, 4.1.2.2 asks. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x01
  return bytes.toString('hex')
}

/** A new certificate authority, P-256, good for `days`. */
export async function createAuthority(commonName: string, days: number, now: number): Promise<KeyPair> {
  const library = await x509()
  const { keys, pem } = await generateKeys()
  const certificate = await library.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(now - SKEW_MS),
    notAfter: new Date(now + days * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new library.BasicConstraintsExtension(true, undefined, true),
      new library.KeyUsagesExtension(
        library.KeyUsageFlags.keyCertSign | library.KeyUsageFlags.cRLSign | library.KeyUsageFlags.digitalSignature,
        true,
      ),
      await library.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem') + '\n', key: pem }
}

/** A new key with a certificate that `authority` has signed. */
export async function issueCertificate(authority: KeyPair, request: CertificateRequest): Promise<KeyPair> {
  const { keys, pem } = await generateKeys()
  return { certificate: await sign(authority, keys.publicKey, request), key: pem }
}

/** Signs somebody's certificate signing request (PEM). What goes into the certificate is the caller's to decide, not the request's. */
export async function signRequest(authority: KeyPair, csr: string, decided: CertificateRequest): Promise<string> {
  const library = await x509()
  const parsed = new library.Pkcs10CertificateRequest(csr)
  if (!(await parsed.verify(webcrypto))) throw new WherryError('invalid', 'the request is not signed by its own key')
  return sign(authority, await parsed.publicKey.export(webcrypto), decided)
}

/** Who a certificate signing request (PEM) says that it is for; throws `invalid` when it is none. */
export async function readRequest(
  csr: string,
): Promise<{ commonName: string; organizations: readonly string[]; names: readonly string[] }> {
  const library = await x509()
  try {
    const parsed = new library.Pkcs10CertificateRequest(csr)
    const extension = parsed.getExtension(SUBJECT_ALTERNATIVE_NAME)
    const san = extension && new library.SubjectAlternativeNameExtension(extension.rawData)
    return {
      commonName: parsed.subjectName.getField('CN')[0] ?? '',
      organizations: parsed.subjectName.getField('O'),
      names: san?.names.items.map((name) => name.value) ?? [],
    }
  } catch (cause) {
    throw new WherryError('invalid', 'it is no PEM certificate signing request', { cause })
  }
}

/** A signing request for a new key; both PEM. */
export async function createRequest(
  subject: Pick<CertificateRequest, 'commonName' | 'organizations' | 'names'>,
): Promise<{ csr: string; key: string }> {
  const library = await x509()
  const { keys, pem } = await generateKeys()
  const request = await library.Pkcs10CertificateRequestGenerator.create({
    name: subjectOf(subject),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: alternativeNames(library, subject.names ?? []),
  })
  return { csr: request.toString('pem') + '\n', key: pem }
}

function subjectOf({
  commonName,
  organizations = [],
}: Pick<CertificateRequest, 'commonName' | 'organizations'>): Record<string, string[]>[] {
  return [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }]
}

function alternativeNames(
  library: X509,
  names: readonly string[],
): InstanceType<X509['SubjectAlternativeNameExtension']>[] {
  if (names.length === 0) return []
  return [
    new library.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
  ]
}

async function sign(authority: KeyPair, publicKey: webcrypto.CryptoKey, request: CertificateRequest): Promise<string> {
  const library = await x509()
  const issuer = new library.X509Certificate(authority.certificate)
  const usages = request.usages.map((usage) =>
    usage === 'client' ? library.ExtendedKeyUsage.clientAuth : library.ExtendedKeyUsage.serverAuth,
  )
  const certificate = await library.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectOf(request),
    issuer: issuer.subjectName,
    notBefore: new Date(request.now - SKEW_MS),
    notAfter: new Date(Math.min(request.now + request.days * DAY_MS, issuer.notAfter.getTime())),
    publicKey: publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
      new library.ExtendedKeyUsageExtension(usages),
      ...alternativeNames(library, request.names ?? []),
      await library.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export(webcrypto)),
    ],
  })
  return certificate.toString('pem') + '\n'
}

/** When a certificate (PEM or DER) ends, in milliseconds since the epoch. */
export function expiryOf(certificate: string | Buffer): number {
  return new X509Certificate(certificate).validToDate.getTime()
}

/** Whether a certificate has used up two thirds of its life (or is not valid at all), so that it should be renewed. */
export function isDue(certificate: string | Buffer, now: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate)
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()]
  return now < from || now > from + ((to - from) * 2) / 3
}

/** The public half of a private key, both PEM. */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString()
}
