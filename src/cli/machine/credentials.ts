import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createAuthority, isDue, issueCertificate, type CertificateRequest, type KeyPair } from '../../lib/pki.ts'
import type { ClusterFile, Layout, NodeRecord } from './cluster-file.ts'

/** Who the server runs as: it needs no right of root, and has none. A number, so that no account has to be made. */
export const SERVER_UID = 64_242

export interface PairFiles {
  readonly certificate: string
  readonly key: string
}

/** A pair that `up` makes, and the file of the one by which its process replaces it. */
export interface RenewedPairFiles {
  readonly made: PairFiles
  readonly renewed: string
}

/** Where the keys of a cluster lie. Each process can read its own and no other's, and writes in its own folder alone. */
export interface CredentialFiles {
  /** The authority that signs everybody; its key is the server's, which signs requests of nodes and users. */
  readonly authority: PairFiles
  readonly server: RenewedPairFiles
  /** What the server shows when it calls an agent. */
  readonly serverClient: RenewedPairFiles
  /** The authority of what the server shows to servers that stand behind it, and nobody else: its word for its callers. */
  readonly frontProxyAuthority: PairFiles
  readonly frontProxy: RenewedPairFiles
  readonly serviceAccountKey: string
  /** Encrypts Secrets on disk. */
  readonly encryptionKey: string
  /** What an agent shows when it calls the server, and when the server calls: one pair at first, one for each later. */
  node(name: string): { readonly asClient: RenewedPairFiles; readonly asServer: RenewedPairFiles }
}

const pair = (folder: string, name: string): PairFiles => ({
  certificate: join(folder, `${name}.crt`),
  key: join(folder, `${name}.key`),
})

/** The files that `ensureCredentials` makes. */
export function credentialFiles(layout: Layout): CredentialFiles {
  return {
    authority: pair(layout.pki, 'ca'),
    server: { made: pair(layout.pki, 'server'), renewed: join(layout.server, 'pki', 'server.pem') },
    serverClient: { made: pair(layout.pki, 'server-client'), renewed: join(layout.server, 'pki', 'server-client.pem') },
    frontProxyAuthority: pair(layout.pki, 'front-proxy-ca'),
    frontProxy: {
      made: pair(layout.pki, 'front-proxy-client'),
      renewed: join(layout.server, 'pki', 'front-proxy-client.pem'),
    },
    serviceAccountKey: join(layout.pki, 'service-account.key'),
    encryptionKey: join(layout.pki, 'encryption.key'),
    node(name) {
      const folder = join(layout.node(name), 'pki')
      const made = pair(folder, 'agent')
      return {
        asClient: { made, renewed: join(folder, 'client.pem') },
        asServer: { made, renewed: join(folder, 'server.pem') },
      }
    },
  }
}

/** The user that an agent knows as the API server: nobody else may use its streams. */
export const SERVER_CLIENT_NAME = 'wherry:server'

/** The name in that certificate: servers behind this one believe nobody else's word for who asks. */
export const FRONT_PROXY_NAME = 'front-proxy-client'

/** Years for the authority, a season for all else: `up` renews what is due, and so do the processes while they run. */
const AUTHORITY_DAYS = 3650
export const LEAF_DAYS = 90

type Subject = Omit<CertificateRequest, 'days' | 'now'>

/** Makes the keys and certificates that are missing or due, and the administrator's kubeconfig. */
export async function ensureCredentials(layout: Layout, cluster: ClusterFile, now = Date.now()): Promise<void> {
  const files = credentialFiles(layout)
  mkdirSync(layout.pki, { recursive: true, mode: 0o755 })
  const authority = await ensureAuthority(files.authority, `wherry-${cluster.name}`, now)
  // An authority of its own: who may vouch for others is not for everybody with a certificate of the cluster to say.
  const frontAuthority = await ensureAuthority(files.frontProxyAuthority, `wherry-${cluster.name}-front-proxy`, now)
  const ensure = async (where: PairFiles, owner: number, request: Subject, signer = authority): Promise<void> => {
    if (existsSync(where.key) && existsSync(where.certificate) && !mustRenew(readFileSync(where.certificate), now))
      return
    writePair(where, await issueCertificate(signer, { ...request, days: LEAF_DAYS, now }), owner)
  }
  await ensure(files.server.made, SERVER_UID, serverRequest(cluster))
  await ensure(files.serverClient.made, SERVER_UID, serverClientRequest)
  await ensure(files.frontProxy.made, SERVER_UID, frontProxyRequest, frontAuthority)
  for (const node of cluster.nodes) await ensure(files.node(node.name).asClient.made, 0, nodeRequest(node))
  if (!existsSync(files.serviceAccountKey)) writeSecret(files.serviceAccountKey, newSigningKey(), SERVER_UID)
  if (!existsSync(files.encryptionKey))
    writeSecret(files.encryptionKey, randomBytes(32).toString('base64') + '\n', SERVER_UID)
  giveTo(SERVER_UID, layout.server)
  if (!existsSync(layout.kubeconfig) || mustRenew(certificateIn(readFileSync(layout.kubeconfig, 'utf8')), now)) {
    const admin = await issueCertificate(authority, {
      commonName: 'kubernetes-admin',
      organizations: ['system:masters'],
      usages: ['client'],
      days: 365,
      now,
    })
    writeSecret(layout.kubeconfig, kubeconfigText(cluster, authority.certificate, admin), 0)
  }
}

/** What the API shows to everybody. */
export function serverRequest(cluster: ClusterFile): Subject {
  return { commonName: 'kube-apiserver', names: serverNames(cluster), usages: ['server'] }
}

/** What the server shows to agents. */
export const serverClientRequest: Subject = { commonName: SERVER_CLIENT_NAME, usages: ['client'] }

/** What the server shows to servers that stand behind it. */
export const frontProxyRequest: Subject = { commonName: FRONT_PROXY_NAME, usages: ['client'] }

async function ensureAuthority(where: PairFiles, name: string, now: number): Promise<KeyPair> {
  if (!existsSync(where.key)) writePair(where, await createAuthority(name, AUTHORITY_DAYS, now), SERVER_UID)
  return { certificate: readFileSync(where.certificate, 'utf8'), key: readFileSync(where.key, 'utf8') }
}

/** Every name by which somebody may call the server. */
export function serverNames({ apiHost, serviceRange, clusterDomain }: ClusterFile): readonly string[] {
  const firstOfRange = serviceRange.replace(/0\.0\/\d+$/, '0.1')
  const service = 'kubernetes.default.svc'
  return [
    'localhost',
    '127.0.0.1',
    '::1',
    apiHost,
    firstOfRange,
    'kubernetes',
    'kubernetes.default',
    service,
    `${service}.${clusterDomain}`,
  ]
}

/** The node authorizer knows a node by this user and group; the same certificate serves its agent's port. */
function nodeRequest({ name, address }: NodeRecord): Subject {
  return {
    commonName: `system:node:${name}`,
    organizations: ['system:nodes'],
    names: [name, address],
    usages: ['client', 'server'],
  }
}

function newSigningKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

function writePair(where: PairFiles, made: KeyPair, owner: number): void {
  mkdirSync(dirname(where.key), { recursive: true, mode: 0o755 })
  writeSecret(where.key, made.key, owner)
  writeFileSync(where.certificate, made.certificate, { mode: 0o644 })
}

/** Written whole or not at all, and readable by its owner alone from the first moment. */
function writeSecret(file: string, text: string, owner: number): void {
  const next = `${file}.next`
  writeFileSync(next, text, { mode: 0o600 })
  giveTo(owner, next)
  renameSync(next, file)
}

/** Only root can give files away; without it, as in tests, everything stays with the user who runs this. */
function giveTo(owner: number, file: string): void {
  if (process.getuid?.() === 0) chownSync(file, owner, owner)
}

/** Whether a certificate is due, or is none at all: what cannot be read is made anew. */
function mustRenew(certificate: string | Buffer, now: number): boolean {
  try {
    return isDue(certificate, now)
  } catch {
    return true
  }
}

function certificateIn(kubeconfig: string): string {
  const base64 = /client-certificate-data: (\S+)/.exec(kubeconfig)?.[1] ?? ''
  return Buffer.from(base64, 'base64').toString('utf8')
}

/** A kubeconfig whose names hold only what cluster names may hold, so that nothing has to be quoted. */
export function kubeconfigText(
  { name, apiHost, apiPort, nodes }: ClusterFile,
  authority: string,
  admin: KeyPair,
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const host = nodes.some(({ namespace }) => namespace !== undefined) ? apiHost : '127.0.0.1'
  const context = name === 'default' ? 'wherry' : `wherry-${name}`
  return `apiVersion: v1
kind: Config
clusters:
- name: ${context}
  cluster:
    server: https://${host}:${apiPort}
    certificate-authority-data: ${base64(authority)}
users:
- name: ${context}-admin
  user:
    client-certificate-data: ${base64(admin.certificate)}
    client-key-data: ${base64(admin.key)}
contexts:
- name: ${context}
  context:
    cluster: ${context}
    user: ${context}-admin
current-context: ${context}
`
}
