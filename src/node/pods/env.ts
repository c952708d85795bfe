import type { ConfigMap, Container, EnvVar, EphemeralContainer, Pod, Secret, Service } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import { podField, resourceField } from './downward.ts'
import type { DownwardFacts } from './downward.ts'
import { expand } from './expand.ts'
import { serviceEnv } from './service-env.ts'

type AnyContainer = Container | EphemeralContainer

/** What a container's variables are made of beside its pod. */
export interface EnvSources extends DownwardFacts {
  readonly configMap: (name: string) => ConfigMap | undefined
  readonly secret: (name: string) => Secret | undefined
  /** The text of a file in a volume of the pod. */
  readonly file: (volumeName: string, path: string) => string | undefined
  readonly services: readonly Service[]
}

/** A container's variables, those that were said last winning. Throws a WherryError that names what is missing. */
export function containerEnv(pod: Pod, container: AnyContainer, sources: EnvSources): Map<string, string> {
  const services = serviceEnv(sources.services)
  const env = new Map<string, string>()
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data =
      configMapRef !== undefined
        ? wholeConfigMap(configMapRef, sources)
        : secretRef !== undefined
          ? wholeSecret(secretRef, sources)
          : {}
    for (const key of Object.keys(data).toSorted()) if (isVariableName(prefix + key)) env.set(prefix + key, data[key]!)
  }
  const lookup = (name: string): string | undefined => env.get(name) ?? services[name]
  for (const variable of container.env ?? []) {
    const value = variable.value ? expand(variable.value, lookup) : valueFrom(pod, container, variable, sources)
    if (value !== undefined) env.set(variable.name, value)
  }
  for (const name in services) if (!env.has(name)) env.set(name, services[name]!)
  return env
}

/** Any printable ASCII but `=`. */
function isVariableName(name: string): boolean {
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(name)
}

function valueFrom(pod: Pod, container: AnyContainer, { valueFrom }: EnvVar, sources: EnvSources): string | undefined {
  if (valueFrom === undefined) return ''
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const namespace = pod.metadata.namespace ?? ''
  if (fieldRef !== undefined) return podField(pod, fieldRef.fieldPath, sources)
  if (resourceFieldRef !== undefined) return resourceField(pod, resourceFieldRef, container.name, sources)
  if (configMapKeyRef !== undefined) {
    const { name = '', key, optional } = configMapKeyRef
    const value = wholeConfigMap(configMapKeyRef, sources)[key]
    if (value !== undefined || optional === true) return value
    throw new WherryError('not-found', `couldn't find key ${key} in ConfigMap ${namespace}/${name}`)
  }
  if (secretKeyRef !== undefined) {
    const { name = '', key, optional } = secretKeyRef
    const value = wholeSecret(secretKeyRef, sources)[key]
    if (value !== undefined || optional === true) return value
    throw new WherryError('not-found', `couldn't find key ${key} in Secret ${namespace}/${name}`)
  }
  if (fileKeyRef !== undefined) {
    const { volumeName, path, key, optional } = fileKeyRef
    const text = sources.file(volumeName, path)
    const value = text === undefined ? undefined : envFile(text).get(key)
    if (value !== undefined || optional === true) return value
    throw new WherryError('not-found', `couldn't find key ${key} in file ${path} of volume ${volumeName}`)
  }
  return ''
}

/** Lines of `KEY='value'`; what stands between the quotes may span lines. */
export function envFile(text: string): Map<string, string> {
  const env = new Map<string, string>()
  for (const [, key, quoted, plain] of text.matchAll(
    /^[ \t]*([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:'([^']*)'|(.*))[ \t]*$/gm,
  )) {
    env.set(key!, quoted ?? plain!.trim())
  }
  return env
}

interface Reference {
  readonly name?: string
  readonly optional?: boolean
}

function wholeConfigMap({ name = '', optional }: Reference, sources: EnvSources): Readonly<Record<string, string>> {
  const configMap = sources.configMap(name)
  if (configMap !== undefined) return configMap.data ?? {}
  if (optional === true) return {}
  throw new WherryError('not-found', `configmap "${name}" not found`)
}

function wholeSecret({ name = '', optional }: Reference, sources: EnvSources): Readonly<Record<string, string>> {
  const secret = sources.secret(name)
  if (secret === undefined) {
    if (optional === true) return {}
    throw new WherryError('not-found', `secret "${name}" not found`)
  }
  const data: Record<string, string> = {}
  for (const key in secret.data) data[key] = Buffer.from(secret.data[key]!, 'base64').toString()
  return data
}

/** The ConfigMaps and Secrets that a container's variables come from. */
export function envReferences(container: AnyContainer): { kind: 'ConfigMap' | 'Secret'; name: string }[] {
  const found: { kind: 'ConfigMap' | 'Secret'; name: string }[] = []
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name) found.push({ kind: 'ConfigMap', name: configMapRef.name })
    if (secretRef?.name) found.push({ kind: 'Secret', name: secretRef.name })
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name) found.push({ kind: 'ConfigMap', name: valueFrom.configMapKeyRef.name })
    if (valueFrom?.secretKeyRef?.name) found.push({ kind: 'Secret', name: valueFrom.secretKeyRef.name })
  }
  return found
}
