import { fieldsOfText, textOfFields } from '../../api/meta/patch/fields-text.ts'
import type { ManagedFieldsEntry } from '../../api/meta/v1.ts'

/**
 * The managedFields of an object among its stored bytes. Each set of fields stands between two tabs, which JSON takes for
 * white space and which cannot stand in a text: so the sets are found, cut out and put in without being parsed.
 */

const TAB = 9
const BEGINNING = ',"managedFields":['
/** What follows the last set: the end of its entry, and that of the list. */
const ENDING = '}]'

/** The managedFields as they stand at the end of the metadata. */
export function ownersText(entries: readonly ManagedFieldsEntry[] | undefined): string {
  if (entries === undefined || entries.length === 0) return ''
  return `${BEGINNING}${entries.map(entryText).join(',')}]`
}

function entryText({ fieldsV1 = {}, ...entry }: ManagedFieldsEntry): string {
  return `${JSON.stringify(entry).slice(0, -1)},"fieldsV1":\t${textOfFields(fieldsV1)}\t}`
}

/** The managedFields of stored bytes as `ownersText` wrote them. */
export function ownersTextOf(value: Buffer): string {
  const place = placeOf(value)
  return place === undefined ? '' : value.toString('utf8', place.from, place.to)
}

/** The text of stored bytes without the managedFields. */
export function textWithoutOwners(value: Buffer): string {
  const place = placeOf(value)
  if (place === undefined) return value.toString()
  return value.toString('utf8', 0, place.from) + value.toString('utf8', place.to)
}

/** The managedFields in stored bytes. Their sets are shared: nobody may change those. */
export function ownersOf(value: Buffer): ManagedFieldsEntry[] {
  const place = placeOf(value)
  if (place === undefined) return []
  const parts = value.toString('utf8', place.from + BEGINNING.length - 1, place.to).split('\t')
  const sets: string[] = []
  let rest = ''
  for (let i = 0; i < parts.length; i++) {
    if (i % 2 === 0) rest += parts[i]
    else rest += sets.push(parts[i]!)
  }
  const entries = JSON.parse(rest) as ManagedFieldsEntry[]
  entries.forEach((entry, i) => (entry.fieldsV1 = fieldsOfText(sets[i]!) as Record<string, unknown>))
  return entries
}

function placeOf(value: Buffer): { readonly from: number; readonly to: number } | undefined {
  const last = value.lastIndexOf(TAB)
  if (last === -1) return undefined
  return { from: value.lastIndexOf(BEGINNING, value.indexOf(TAB)), to: last + 1 + ENDING.length }
}
