import type { FieldSet } from '../../../lib/patch/field-set.ts'

/**
 * Sets of fields and their JSON, whose keys are in order: clients that pass an object through maps, as Go's dynamic client
 * does, get the same text as those that do not. Objects made from one template have the same sets, so the last ones are
 * remembered in both directions: then a write neither parses nor sorts them.
 */
const texts = new WeakMap<object, string>()
/** By a JSON text, in order or not. */
const known = new Map<string, { readonly text: string; readonly set: FieldSet }>()

/** Together, in characters; a set takes some ten times as many bytes of memory. */
const REMEMBERED_MAX = 1 << 20
let remembered = 0

/** The JSON of a set, which may never be changed after this. */
export function textOfFields(fields: object): string {
  let text = texts.get(fields)
  if (text === undefined) {
    const unordered = JSON.stringify(fields)
    const before = recall(unordered)
    if (before === undefined) {
      const set = inOrder(fields as FieldSet)
      text = JSON.stringify(set)
      remember(text, { text, set })
      if (text !== unordered) remember(unordered, { text, set })
    } else {
      text = before.text
    }
    texts.set(fields, text)
  }
  return text
}

/** The set of a JSON text that `textOfFields` wrote. It is shared and may not be changed. */
export function fieldsOfText(text: string): FieldSet {
  const before = recall(text)
  if (before !== undefined) return before.set
  const set = JSON.parse(text) as FieldSet
  remember(text, { text, set })
  return set
}

function inOrder(set: FieldSet): FieldSet {
  const ordered: Record<string, FieldSet> = {}
  for (const key of Object.keys(set).toSorted()) ordered[key] = inOrder(set[key]!)
  return ordered
}

function recall(text: string): { readonly text: string; readonly set: FieldSet } | undefined {
  const found = known.get(text)
  if (found !== undefined) {
    // Back to the end of the line, since the oldest is forgotten first.
    known.delete(text)
    known.set(text, found)
  }
  return found
}

function remember(text: string, meaning: { readonly text: string; readonly set: FieldSet }): void {
  texts.set(meaning.set, meaning.text)
  if (known.has(text)) return
  known.set(text, meaning)
  remembered += text.length
  for (const oldest of known.keys()) {
    if (remembered <= REMEMBERED_MAX) break
    known.delete(oldest)
    remembered -= oldest.length
  }
}
