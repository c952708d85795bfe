import type { PodTemplateSpec } from '../api/core/v1.ts'
import { sameJson } from '../lib/patch/json.ts'

/** Tells the Pods of one template from those of another one. */
export const templateHashLabel = 'pod-template-hash'

/**
 * A short name for a template, the same for templates that say the same. `collisions` gives another one to a template
 * whose name was taken.
 */
export function templateHash(template: PodTemplateSpec, collisions: number | undefined): string {
  const text = stableJson(template) + (collisions === undefined ? '' : `#${collisions}`)
  return [...String(fnv1a(text))].map((digit) => LETTERS[digit.charCodeAt(0) % LETTERS.length]).join('')
}

/** Letters that form no words. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** Whether two templates make the same Pods, whatever their hash labels. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return sameJson(a.spec, b.spec) && sameJson(metadataWithoutHash(a), metadataWithoutHash(b))
}

function metadataWithoutHash({ metadata: { labels = {}, annotations = {}, ...rest } }: PodTemplateSpec): object {
  const { [templateHashLabel]: _, ...others } = labels
  return { ...rest, labels: others, annotations }
}

/** JSON with the keys of every object in order, so that the order of writing says nothing. */
export function stableJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  const object = value as Record<string, unknown>
  const fields = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .toSorted()
  return `{${fields.map((key) => `${JSON.stringify(key)}:${stableJson(object[key])}`).join(',')}}`
}

/** The 32-bit FNV-1a hash of a text's UTF-8 bytes. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
