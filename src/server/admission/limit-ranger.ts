import { LimitRanges } from '../../api/core/limit-range.ts'
import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import { Pods } from '../../api/core/pod.ts'
import { podLimits, podRequests } from '../../api/core/pod-resources.ts'
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../api/core/v1.ts'
import { canonicalQuantity, compareQuantities, parseQuantity } from '../../api/meta/quantity.ts'
import type { AdmissionPlugin, ObjectReader } from './admission.ts'
import { withSpec } from './pods.ts'
import { forbidden } from './refusal.ts'

type Amounts = Readonly<Record<string, string>>

const ANNOTATION = 'kubernetes.io/limit-ranger'

/** Gives containers the default resources of their namespace, and keeps everything within its bounds. */
export function limitRanger(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'LimitRanger',
    handles: ({ operation, kind, target }) => {
      if (kind === Pods && operation === 'UPDATE') return target.subresource === 'resize'
      const isWrite = operation === 'CREATE' || operation === 'UPDATE'
      return isWrite && target.subresource === '' && (kind === Pods || kind === PersistentVolumeClaims)
    },
    mutate({ kind, object, target, operation }) {
      if (kind !== Pods || operation !== 'CREATE') return object!
      return reader.list(LimitRanges, target.namespace).reduce(withDefaults, object as Pod)
    },
    validate(attempt) {
      const { kind, object, old, target } = attempt
      // What is on its way out has to be let go, whatever the bounds are now.
      if (old !== undefined && old.metadata.deletionTimestamp !== undefined) return
      for (const range of reader.list(LimitRanges, target.namespace)) {
        const broken =
          kind === Pods ? podViolations(object as Pod, range) : claimViolations(object as PersistentVolumeClaim, range)
        if (broken.length > 0) throw forbidden(attempt, broken.length === 1 ? broken[0]! : `[${broken.join(', ')}]`)
      }
    },
  }
}

function withDefaults(pod: Pod, range: LimitRange): Pod {
  const requests: Record<string, string> = {}
  const limits: Record<string, string> = {}
  for (const item of range.spec.limits) {
    if (item.type !== 'Container') continue
    Object.assign(requests, item.defaultRequest)
    Object.assign(limits, item.default)
  }
  const notes: string[] = []
  const fill = (container: Container, what: string): Container => {
    const resources = { ...container.resources }
    for (const [name, defaults] of [
      ['requests', requests],
      ['limits', limits],
    ] as const) {
      const own = resources[name] ?? {}
      const missing = Object.keys(defaults)
        .filter((key) => !Object.hasOwn(own, key))
        .toSorted()
      if (missing.length === 0) continue
      resources[name] = { ...own, ...Object.fromEntries(missing.map((key) => [key, defaults[key]!])) }
      notes.push(`${missing.join(', ')} ${name.slice(0, -1)} for ${what} ${container.name}`)
    }
    return { ...container, resources }
  }
  const containers = pod.spec.containers.map((one) => fill(one, 'container'))
  const initContainers = pod.spec.initContainers?.map((one) => fill(one, 'init container'))
  if (notes.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` }
  return withSpec(
    { ...pod, metadata: { ...pod.metadata, annotations } },
    { containers, ...(initContainers && { initContainers }) },
  )
}

function podViolations(pod: Pod, range: LimitRange): string[] {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  return range.spec.limits.flatMap((item) => {
    if (item.type === 'Pod') return outOfBounds(item, podRequests(pod.spec), podLimits(pod.spec))
    if (item.type !== 'Container') return []
    return containers.flatMap(({ resources }) => outOfBounds(item, resources.requests ?? {}, resources.limits ?? {}))
  })
}

function claimViolations({ spec }: PersistentVolumeClaim, range: LimitRange): string[] {
  const requests = spec.resources?.requests ?? {}
  return range.spec.limits
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [...belowMin(item, requests, {}), ...aboveMax(item, requests)])
}

function outOfBounds(item: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return [
    ...belowMin(item, requests, limits),
    ...limitsAboveMax(item, requests, limits),
    ...ratios(item, requests, limits),
  ]
}

function belowMin({ type, min = {} }: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return Object.entries(min).flatMap(([name, bound]) => {
    const rule = `minimum ${name} usage per ${type} is ${bound}`
    const [request, limit] = [requests[name], limits[name]]
    if (request === undefined) return [`${rule}.  No request is specified`]
    if (compareQuantities(request, bound) < 0) return [`${rule}, but request is ${canonicalQuantity(request)}`]
    if (limit !== undefined && compareQuantities(limit, bound) < 0)
      return [`${rule}, but limit is ${canonicalQuantity(limit)}`]
    return []
  })
}

function aboveMax({ type, max = {} }: LimitRangeItem, requests: Amounts): string[] {
  return Object.entries(max).flatMap(([name, bound]) => {
    const rule = `maximum ${name} usage per ${type} is ${bound}`
    const request = requests[name]
    if (request === undefined) return [`${rule}.  No request is specified`]
    return compareQuantities(request, bound) > 0 ? [`${rule}, but request is ${canonicalQuantity(request)}`] : []
  })
}

function limitsAboveMax({ type, max = {} }: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return Object.entries(max).flatMap(([name, bound]) => {
    const rule = `maximum ${name} usage per ${type} is ${bound}`
    const [request, limit] = [requests[name], limits[name]]
    if (limit === undefined) return [`${rule}.  No limit is specified`]
    if (compareQuantities(limit, bound) > 0) return [`${rule}, but limit is ${canonicalQuantity(limit)}`]
    if (request !== undefined && compareQuantities(request, bound) > 0) {
      return [`${rule}, but request is ${canonicalQuantity(request)}`]
    }
    return []
  })
}

function ratios({ type, maxLimitRequestRatio = {} }: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return Object.entries(maxLimitRequestRatio).flatMap(([name, bound]) => {
    const rule = `${name} max limit to request ratio per ${type} is ${bound}`
    const [request, limit] = [requests[name] ?? '0', limits[name] ?? '0'].map((text) => parseQuantity(text).nano)
    if (request === 0n) return [`${rule}, but no request is specified or request is 0`]
    if (limit === 0n) return [`${rule}, but no limit is specified or limit is 0`]
    const ratio = Number(limit) / Number(request)
    const most = Number(parseQuantity(bound).nano) / 1e9
    return ratio > most ? [`${rule}, but provided ratio is ${ratio.toFixed(6)}`] : []
  })
}
