import type { FieldSet } from '../../../lib/patch/field-set.ts'

/**
 * Sets of fields and their JSON. Objects made from one template have the same sets, so the last ones are remembered in
 * both directions: then a write neither parses nor prints them.
 */
const texts = new WeakMap<object, string>()
const sets = new Map<string, FieldSet>()

/** Together, in characters; a set takes some ten times as many bytes of memory. */
const REMEMBERED_MAX = 1 << 20
let remembered = 0

/** The JSON of a set, which may never be changed after this. */
export function textOfFields(fields: object): string {
  let text = texts.get(fields)
  if (text === undefined) {
    text = JSON.stringify(fields)
    remember(text, fields as FieldSet)
  }
  return text
}

/** The set of a JSON text that `textOfFields` wrote. It is shared and may not be changed. */
export function fieldsOfText(text: string): FieldSet {
  let set = sets.get(text)
  if (set === undefined) {
    set = JSON.parse(text) as FieldSet
    remember(text, set)
  } else {
    // Back to the end of the line, since the oldest is forgotten first.
    sets.delete(text)
    sets.set(text, set)
  }
  return set
}

function remember(text: string, set: FieldSet): void {
  texts.set(set, text)
  if (sets.has(text)) return
  sets.set(text, set)
  remembered += text.length
  for (const oldest of sets.keys()) {
    if (remembered <= REMEMBERED_MAX) break
    sets.delete(oldest)
    remembered -= oldest.length
  }
}
