import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { isWherryError, WherryError } from './errors.ts'
import { readSigningRequest } from './pki-request.ts'

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
  /** Names of other kinds, which no connection looks at. */
  readonly otherNames?: readonly OtherName[]
  readonly usages: readonly ('client' | 'server')[]
  /** Whether others may encrypt to the key itself, as old ways of using RSA keys need it. */
  readonly keyEncipherment?: boolean
  readonly days: number
  readonly now: number
}

/** An address of mail or a URI. */
export interface OtherName {
  readonly type: 'email' | 'url'
  readonly value: string
}

const DAY_MS = 86_400_000
/** Certificates begin a little in the past, for clocks that are a little behind. */
export const SKEW_MS = 5 * 60_000
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
    name: subjectOf(library, { commonName }),
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
  readSigningRequest(csr)
  const library = await x509()
  const parsed = await read(() => new library.Pkcs10CertificateRequest(csr).publicKey.export(webcrypto))
  return sign(authority, parsed, decided)
}

/** Who a certificate signing request says that it is for. */
export interface SigningRequest extends Required<
  Pick<CertificateRequest, 'commonName' | 'organizations' | 'otherNames'>
> {
  readonly dnsNames: readonly string[]
  readonly addresses: readonly string[]
}

/** Reads a certificate signing request (PEM); throws `invalid` when it is none, or is not signed by its own key. */
export async function readRequest(csr: string): Promise<SigningRequest> {
  const subject = readSigningRequest(csr)
  const library = await x509()
  const all = await read(() => {
    const extension = new library.Pkcs10CertificateRequest(csr).getExtension(SUBJECT_ALTERNATIVE_NAME)
    return extension === null ? [] : new library.SubjectAlternativeNameExtension(extension.rawData).names.items
  })
  const ofType = (wanted: string): string[] => all.filter(({ type }) => type === wanted).map(({ value }) => value)
  return {
    ...subject,
    dnsNames: ofType('dns'),
    addresses: ofType('ip'),
    otherNames: all.flatMap(({ type, value }) => (type === 'email' || type === 'url' ? [{ type, value }] : [])),
  }
}

async function read<T>(parse: () => T | Promise<T>): Promise<T> {
  try {
    return await parse()
  } catch (cause) {
    if (isWherryError(cause)) throw cause
    throw new WherryError('invalid', 'the certificate signing request cannot be read', { cause })
  }
}

/** A signing request for a new key; both PEM. */
export async function createRequest(
  subject: Pick<CertificateRequest, 'commonName' | 'organizations' | 'names' | 'otherNames'>,
): Promise<{ csr: string; key: string }> {
  const library = await x509()
  const { keys, pem } = await generateKeys()
  const request = await library.Pkcs10CertificateRequestGenerator.create({
    name: subjectOf(library, subject),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: alternativeNames(library, subject),
  })
  return { csr: request.toString('pem') + '\n', key: pem }
}

function subjectOf(
  library: X509,
  { commonName, organizations = [] }: Pick<CertificateRequest, 'commonName' | 'organizations'>,
): InstanceType<X509['Name']> {
  return new library.Name([
    ...organizations.map((organization) => ({ O: [literal(organization)] })),
    { CN: [literal(commonName)] },
  ])
}

/** The library would take a plain string for a notation: `#` for DER in hexadecimal, quotes, backslashes. */
function literal(text: string): { readonly printableString: string } | { readonly utf8String: string } {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? { printableString: text } : { utf8String: text }
}

function alternativeNames(
  library: X509,
  { names = [], otherNames = [] }: Pick<CertificateRequest, 'names' | 'otherNames'>,
): InstanceType<X509['SubjectAlternativeNameExtension']>[] {
  const all = [
    ...names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
    ...otherNames,
  ]
  return all.length === 0 ? [] : [new library.SubjectAlternativeNameExtension(all)]
}

async function sign(authority: KeyPair, publicKey: webcrypto.CryptoKey, request: CertificateRequest): Promise<string> {
  const library = await x509()
  const issuer = new library.X509Certificate(authority.certificate)
  const { digitalSignature, keyEncipherment } = library.KeyUsageFlags
  const usages = request.usages.map((usage) =>
    usage === 'client' ? library.ExtendedKeyUsage.clientAuth : library.ExtendedKeyUsage.serverAuth,
  )
  const lifeMs = Math.round(request.days * DAY_MS)
  const certificate = await library.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectOf(library, request),
    issuer: issuer.subjectName,
    // One that lives for a few minutes must not be old when it is made.
    notBefore: new Date(request.now - Math.min(SKEW_MS, lifeMs / 2)),
    notAfter: new Date(Math.min(request.now + lifeMs, issuer.notAfter.getTime())),
    publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(digitalSignature | (request.keyEncipherment === true ? keyEncipherment : 0), true),
      new library.ExtendedKeyUsageExtension(usages),
      ...alternativeNames(library, request),
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
  return now < new X509Certificate(certificate).validFromDate.getTime() || now > dueAt(certificate)
}

/** When two thirds of a certificate's life are over, in milliseconds since the epoch. */
export function dueAt(certificate: string | Buffer): number {
  const { validFromDate, validToDate } = new X509Certificate(certificate)
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()]
  return from + ((to - from) * 2) / 3
}

/** The public half of a private key, both PEM. */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString()
}
