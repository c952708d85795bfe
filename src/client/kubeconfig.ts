import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { WherryError } from '../lib/errors.ts'
import type { HttpClientOptions } from './http-client.ts'

/** Where a kubeconfig's context leads and who goes there; ready for `httpClient` once a field manager is added. */
export type Access = Pick<HttpClientOptions, 'server' | 'tls' | 'token'> & { readonly namespace: string }

/** Reads a kubeconfig file and the files that it names. Without `context` the current one of the file is taken. */
export async function loadKubeconfig(path: string, context?: string): Promise<Access> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new WherryError('not-found', `the kubeconfig ${path} cannot be read`, {
      cause,
      hint: 'is the cluster up? `wherry kubeconfig` prints where it would be',
    })
  }
  return parseKubeconfig(text, { path, ...(context !== undefined && { context }) })
}

/** The same from text; relative files stand beside `path`. */
export async function parseKubeconfig(
  text: string,
  { path, context }: { readonly path: string; readonly context?: string },
): Promise<Access> {
  let config: Record<string, unknown>
  // Whoever only writes such files does not need it.
  const { load } = await import('js-yaml')
  try {
    config = asRecord(load(text))
  } catch (cause) {
    throw new WherryError('invalid', `the kubeconfig ${path} is no YAML`, { cause })
  }
  const chosen = context ?? String(config['current-context'] ?? '')
  const place = find(config, 'contexts', 'context', chosen, path)
  const cluster = find(config, 'clusters', 'cluster', String(place['cluster'] ?? ''), path)
  const user = place['user'] === undefined ? {} : find(config, 'users', 'user', String(place['user']), path)
  const server = cluster['server']
  if (typeof server !== 'string' || server === '') {
    throw new WherryError('invalid', `the kubeconfig ${path} names no server for its cluster`)
  }

  const pem = async (from: Record<string, unknown>, name: string): Promise<string | undefined> => {
    const data = from[`${name}-data`]
    if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64').toString('utf8')
    return fileOf(from[name])
  }
  const fileOf = async (file: unknown): Promise<string | undefined> => {
    if (typeof file !== 'string' || file === '') return undefined
    try {
      return await readFile(resolve(dirname(path), file), 'utf8')
    } catch (cause) {
      throw new WherryError('not-found', `the kubeconfig ${path} names the file ${file}, which cannot be read`, {
        cause,
      })
    }
  }

  const ca = await pem(cluster, 'certificate-authority')
  const certificate = await pem(user, 'client-certificate')
  const key = await pem(user, 'client-key')
  const token = typeof user['token'] === 'string' ? user['token'] : (await fileOf(user['tokenFile']))?.trim()
  const serverName = cluster['tls-server-name']
  return {
    server,
    tls: {
      ...(ca !== undefined && { ca }),
      ...(certificate !== undefined && { certificate }),
      ...(key !== undefined && { key }),
      ...(typeof serverName === 'string' && serverName !== '' && { serverName }),
      ...(cluster['insecure-skip-tls-verify'] === true && { insecureSkipVerify: true }),
    },
    ...(token !== undefined && token !== '' && { token }),
    namespace: typeof place['namespace'] === 'string' ? place['namespace'] : 'default',
  }
}

export interface KubeconfigInput {
  readonly name: string
  readonly server: string
  /** PEM texts. */
  readonly ca: string
  readonly certificate?: string
  readonly key?: string
  readonly token?: string
  readonly namespace?: string
}

/** A kubeconfig with one cluster, one user and one context, all of the same name, as YAML. */
export function formatKubeconfig(input: KubeconfigInput): string {
  const { name } = input
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
  const user = [
    ...(input.certificate === undefined ? [] : [`    client-certificate-data: ${base64(input.certificate)}`]),
    ...(input.key === undefined ? [] : [`    client-key-data: ${base64(input.key)}`]),
    ...(input.token === undefined ? [] : [`    token: ${JSON.stringify(input.token)}`]),
  ]
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${JSON.stringify(name)}`,
    '  cluster:',
    `    server: ${JSON.stringify(input.server)}`,
    `    certificate-authority-data: ${base64(input.ca)}`,
    'users:',
    `- name: ${JSON.stringify(name)}`,
    ...(user.length === 0 ? ['  user: {}'] : ['  user:', ...user]),
    'contexts:',
    `- name: ${JSON.stringify(name)}`,
    '  context:',
    `    cluster: ${JSON.stringify(name)}`,
    `    user: ${JSON.stringify(name)}`,
    ...(input.namespace === undefined ? [] : [`    namespace: ${JSON.stringify(input.namespace)}`]),
    `current-context: ${JSON.stringify(name)}`,
    '',
  ].join('\n')
}

function find(
  config: Record<string, unknown>,
  list: string,
  one: string,
  name: string,
  path: string,
): Record<string, unknown> {
  const entries = Array.isArray(config[list]) ? (config[list] as unknown[]) : []
  for (const entry of entries) {
    const named = asRecord(entry)
    if (named['name'] === name) return asRecord(named[one])
  }
  const known = entries.map((entry) => JSON.stringify(asRecord(entry)['name']))
  throw new WherryError('not-found', `the kubeconfig ${path} has no ${one} ${JSON.stringify(name)}`, {
    hint: known.length === 0 ? `its list of ${list} is empty` : `it has ${known.join(', ')}`,
  })
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
