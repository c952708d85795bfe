import type { ConfigMap, DownwardAPIVolumeFile, KeyToPath, Pod, Secret } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import { podField, resourceField } from '../pods/downward.ts'
import type { DownwardFacts } from '../pods/downward.ts'

export interface PayloadFile {
  readonly data: Buffer
  readonly mode: number
}

/** What a volume is to hold: files by their path in it. */
export type Payload = Map<string, PayloadFile>

export const fileModeDefault = 0o644

/** The files of a ConfigMap: all keys, or those that `items` names. Undefined where it is absent and may be. */
export function configMapPayload(
  configMap: ConfigMap | undefined,
  source: { readonly name?: string; readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  namespace: string,
  mode: number,
): Payload {
  const data = new Map<string, Buffer>()
  if (configMap === undefined && source.optional !== true)
    throw new WherryError('not-found', `configmap "${source.name}" not found`)
  for (const key in configMap?.data) data.set(key, Buffer.from(configMap.data[key]!))
  for (const key in configMap?.binaryData) data.set(key, Buffer.from(configMap.binaryData[key]!, 'base64'))
  return project(data, source, mode, `configmap references non-existent config key: `, `${namespace}/${source.name}`)
}

/** The same for a Secret. */
export function secretPayload(
  secret: Secret | undefined,
  source: { readonly name?: string; readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  namespace: string,
  mode: number,
): Payload {
  const data = new Map<string, Buffer>()
  if (secret === undefined && source.optional !== true)
    throw new WherryError('not-found', `secret "${source.name}" not found`)
  for (const key in secret?.data) data.set(key, Buffer.from(secret.data[key]!, 'base64'))
  return project(data, source, mode, `references non-existent secret key: `, `${namespace}/${source.name}`)
}

function project(
  data: ReadonlyMap<string, Buffer>,
  { items, optional }: { readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  mode: number,
  complaint: string,
  where: string,
): Payload {
  if (items === undefined || items.length === 0)
    return new Map([...data].map(([key, bytes]) => [key, { data: bytes, mode }]))
  const payload: Payload = new Map()
  for (const item of items) {
    const bytes = data.get(item.key)
    if (bytes !== undefined) payload.set(item.path, { data: bytes, mode: item.mode ?? mode })
    else if (optional !== true) throw new WherryError('not-found', `${complaint}${item.key} (${where})`)
  }
  return payload
}

/** Fields of the pod and resources of its containers as files. */
export function downwardPayload(
  pod: Pod,
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
  facts: DownwardFacts,
): Payload {
  const payload: Payload = new Map()
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    const text =
      fieldRef !== undefined
        ? podField(pod, fieldRef.fieldPath, facts)
        : resourceFieldRef !== undefined
          ? resourceField(pod, resourceFieldRef, '', facts)
          : ''
    payload.set(path, { data: Buffer.from(text), mode: own ?? mode })
  }
  return payload
}

/** Throws when a path would leave the volume, or take a name that the writer needs for itself. */
export function checkPayload(payload: Payload): void {
  for (const path of payload.keys()) {
    const parts = path.split('/')
    const bad =
      path === '' || path.startsWith('/') || path.includes('\0') || parts.includes('..') || parts[0]!.startsWith('..')
    if (bad) throw new WherryError('invalid', `${JSON.stringify(path)} is no path inside a volume`)
  }
}
