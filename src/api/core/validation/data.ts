import { configMapKey } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import type { ConfigMap, Secret } from '../v1.ts'

const BYTES_MAX = 1024 * 1024

const IMMUTABLE = 'field is immutable when `immutable` is set'

/** Checks a ConfigMap. */
export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap, problems: Problems): void {
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    problems.invalidBy(configMapKey(key), `data[${key}]`, key)
    if (Object.hasOwn(binaryData, key)) problems.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')
    size += Buffer.byteLength(value)
  }
  for (const [key, value] of Object.entries(binaryData)) {
    problems.invalidBy(configMapKey(key), `binaryData[${key}]`, key)
    size += bytesOf(value)
  }
  if (size > BYTES_MAX) problems.tooLong('[]', BYTES_MAX)
}

/** Checks that a ConfigMap that is not to change does not. */
export function validateConfigMapUpdate(next: ConfigMap, old: ConfigMap, problems: Problems): void {
  frozen(next, old, ['data', 'binaryData'], problems)
}

/** Checks a Secret. */
export function validateSecret(secret: Secret, problems: Problems): void {
  const { data = {}, metadata, type } = secret
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    problems.invalidBy(configMapKey(key), `data[${key}]`, key)
    size += bytesOf(value)
  }
  if (size > BYTES_MAX) problems.tooLong('data', BYTES_MAX)
  if (type === 'kubernetes.io/service-account-token') {
    const annotation = 'kubernetes.io/service-account.name'
    if ((metadata.annotations?.[annotation] ?? '') === '') problems.required(`metadata.annotations[${annotation}]`)
  }
  if (type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined) {
    problems.required('data[username]')
    problems.required('data[password]')
  }
  for (const key of REQUIRED[type ?? ''] ?? []) {
    // What is there without a value counts for certificates, which a controller may fill in later.
    if (data[key] === undefined || (data[key] === '' && type === 'kubernetes.io/ssh-auth'))
      problems.required(`data[${key}]`)
    else if (key.startsWith('.docker') && !isJson(data[key])) {
      problems.invalid(`data[${key}]`, '<secret contents redacted>', 'invalid character in JSON')
    }
  }
}

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

/** Checks that a Secret keeps its type, and one that is not to change everything. */
export function validateSecretUpdate(next: Secret, old: Secret, problems: Problems): void {
  if (next.type !== old.type) problems.invalid('type', next.type, 'field is immutable')
  frozen(next, old, ['data'], problems)
}

function frozen<T extends { immutable?: boolean }>(
  next: T,
  old: T,
  fields: readonly (keyof T & string)[],
  problems: Problems,
): void {
  if (old.immutable !== true) return
  if (next.immutable !== true) problems.forbidden('immutable', IMMUTABLE)
  for (const field of fields) if (!sameJson(next[field], old[field])) problems.forbidden(field, IMMUTABLE)
}

/** How many bytes a base64 text stands for. */
function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}

function isJson(base64: string): boolean {
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString())
    return true
  } catch {
    return false
  }
}
