import type { Secret } from '../../api/core/v1.ts'
import type { Input } from '../runtime/codec.ts'
import type { AuthConfig } from '../runtime/cri/messages.ts'
import type { ImageName } from './image-name.ts'

interface Entry {
  readonly username?: string
  readonly password?: string
  readonly auth?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
}

/** The credentials in pull secrets that fit an image, those for the longest path first. */
export function credentialsFor(secrets: readonly Secret[], image: ImageName): Input<AuthConfig>[] {
  const found: { readonly length: number; readonly auth: Input<AuthConfig> }[] = []
  for (const secret of secrets) {
    for (const [where, entry] of Object.entries(entriesOf(secret))) {
      const scope = parseScope(where)
      if (!fits(scope, image)) continue
      found.push({ length: scope.path.length, auth: authOf(entry, where) })
    }
  }
  return found.toSorted((a, b) => b.length - a.length).map(({ auth }) => auth)
}

function entriesOf({ type, data }: Secret): Record<string, Entry> {
  try {
    if (type === 'kubernetes.io/dockercfg') return JSON.parse(decode(data?.['.dockercfg'])) as Record<string, Entry>
    const config = JSON.parse(decode(data?.['.dockerconfigjson'])) as { auths?: Record<string, Entry> }
    return config.auths ?? {}
  } catch {
    // A secret that is none of the two forms has no credentials in it.
    return {}
  }
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString()
}

interface Scope {
  readonly host: string
  readonly path: string
}

/** `https://index.docker.io/v1/` is how Docker names its hub; everything else is a host with or without a path. */
function parseScope(where: string): Scope {
  const bare = where.replace(/^https?:\/\//, '').replace(/\/+$/, '')
  const [host = '', ...rest] = bare.split('/')
  const path = rest.join('/')
  if (/^(index\.)?docker\.io$|^registry-1\.docker\.io$/.test(host))
    return { host: 'docker.io', path: /^v[12]$/.test(path) ? '' : path }
  return { host, path: /^v[12]$/.test(path) ? '' : path }
}

function fits({ host, path }: Scope, { registry, repository }: ImageName): boolean {
  if (path !== '' && repository !== path && !repository.startsWith(`${path}/`)) return false
  const wanted = host.split('.')
  const given = registry.split('.')
  // `*.example.com` stands for one label, as in certificates.
  return wanted.length === given.length && wanted.every((label, i) => matchesLabel(label, given[i]!))
}

function matchesLabel(pattern: string, label: string): boolean {
  if (!pattern.includes('*')) return pattern === label
  const [head = '', ...tails] = pattern.split('*')
  return label.startsWith(head) && label.endsWith(tails.at(-1) ?? '') && label.length >= pattern.length - 1
}

function authOf(
  { username, password, auth, identitytoken, registrytoken }: Entry,
  serverAddress: string,
): Input<AuthConfig> {
  const [user = '', ...rest] = auth === undefined ? [] : decode(auth).split(':')
  return {
    username: username ?? user,
    password: password ?? rest.join(':'),
    identityToken: identitytoken,
    registryToken: registrytoken,
    serverAddress,
  }
}
