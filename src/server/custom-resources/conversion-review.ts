import type { KubeObject } from '../../api/meta/kind.ts'
import { Problems } from '../../api/meta/problems.ts'
import { WherryError } from '../../lib/errors.ts'
import { isObject, sameJson } from '../../lib/patch/json.ts'
import { validateMaps } from '../rest/metadata.ts'

/** The versions of the question that can be asked. */
export const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1']

/** The first version that both sides know; a definition without one is refused when it is written. */
export function reviewVersionOf(versions: readonly string[]): string {
  return versions.find((version) => REVIEW_VERSIONS.includes(version)) ?? 'v1'
}

/** The objects in an answer, which nobody has looked at yet; throws `internal` for a refusal and for what is no answer. */
export function readReview(text: string, version: string, uid: string): readonly unknown[] {
  let review: unknown
  try {
    review = JSON.parse(text)
  } catch (cause) {
    throw wrong(`the answer is no JSON: ${(cause as Error).message}`)
  }
  if (!isObject(review)) throw wrong('the answer is no object')
  const { response } = review
  // The older version has never checked these, and there are servers that leave them out.
  if (version === 'v1') {
    const [expected, got] = ['apiextensions.k8s.io/v1', String(review['apiVersion'] ?? '')]
    if (got !== expected || review['kind'] !== 'ConversionReview') {
      throw wrong(
        `expected webhook response of ${expected}, Kind=ConversionReview, got ${got}, Kind=${String(review['kind'] ?? '')}`,
      )
    }
  }
  if (!isObject(response)) throw wrong('no response provided')
  if (version === 'v1' && response['uid'] !== uid) {
    throw wrong(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response['uid'] ?? '')}`)
  }
  const result = isObject(response['result']) ? response['result'] : {}
  if (result['status'] !== 'Success') {
    const { status = '', message = '' } = result
    throw wrong(message === '' ? `response.result.status was '${String(status)}', not 'Success'` : String(message))
  }
  const { convertedObjects = [] } = response
  return Array.isArray(convertedObjects) ? convertedObjects : []
}

function wrong(message: string): WherryError {
  return new WherryError('internal', message)
}

/** Why a converted object cannot stand for the original; undefined when it can. */
export function problemOf(original: KubeObject, converted: unknown, apiVersion: string): string | undefined {
  if (!isObject(converted)) return 'it is no object'
  const got = String(converted['apiVersion'] ?? '')
  if (got !== apiVersion) return `invalid groupVersion (expected ${apiVersion}, received ${got})`
  const kind = String(converted['kind'] ?? '')
  if (kind !== original.kind) return `invalid kind (expected ${original.kind}, received ${kind})`
  const metadata = isObject(converted['metadata']) ? converted['metadata'] : {}
  for (const [field, name] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [before, after] = [original.metadata[field] ?? '', metadata[field] ?? '']
    if (before !== after) return `must have the same ${name}: ${before} != ${String(after)}`
  }
  return undefined
}

/** The converted object with the metadata of the original, of which only labels and annotations may be other ones. */
export function restored(original: KubeObject, converted: KubeObject, refuse: (problem: string) => never): KubeObject {
  const given: unknown = converted.metadata
  if (given === undefined) refuse('missing metadata in converted object')
  if (!isObject(given)) return refuse(`invalid metadata of type ${typeof given} in converted object`)
  const { labels: _, annotations: __, ...others } = original.metadata
  const metadata: KubeObject['metadata'] = others
  for (const field of ['labels', 'annotations'] as const) {
    const map = given[field]
    if (map === undefined || map === null) continue
    if (!isObject(map)) return refuse(`invalid metadata.${field} of type ${typeof map} in converted object`)
    for (const [key, value] of Object.entries(map)) {
      if (typeof value !== 'string') {
        refuse(`metadata.${field}[${key}] must be a string, but is ${typeof value} in converted object`)
      }
    }
    const texts = map as Record<string, string>
    if (!sameJson(texts, original.metadata[field] ?? {})) {
      const problems = new Problems()
      validateMaps({ [field]: texts }, problems)
      if (!problems.none) refuse(problems.causes.map((cause) => `${cause.field}: ${cause.message}`).join(', '))
    }
    metadata[field] = texts
  }
  return { ...converted, metadata }
}
