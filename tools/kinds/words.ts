import type { FieldFacts } from './facts.ts'
import { messageSentences, sentences } from './sentences.ts'

/** A sentence about a field: from the lists of sentences if one is there, else made from its name and type. */
export function fieldDoc(message: string, field: FieldFacts): string {
  return sentences[`${message}.${field.name}`] ?? sentences[field.name] ?? generated(field)
}

/** A sentence about a message, in the same way. */
export function messageDoc(name: string): string {
  const known = messageSentences[name]
  if (known !== undefined) return known
  const ending = (suffix: string): string | undefined =>
    name.endsWith(suffix) && name !== suffix ? split(name.slice(0, -suffix.length)) : undefined
  const list = ending('List')
  if (list !== undefined) return `A page of objects: ${list}.`
  const spec = ending('Spec')
  if (spec !== undefined) return `What is wanted of: ${spec}.`
  const status = ending('Status')
  if (status !== undefined) return `What is known of: ${status}.`
  const condition = ending('Condition')
  if (condition !== undefined) return `One thing that holds, or does not, of: ${condition}.`
  const source = ending('Source')
  if (source !== undefined) return `Where it comes from: ${source}.`
  return sentence(split(name))
}

function generated(field: FieldFacts): string {
  const words = split(field.name)
  if (field.type === 'time' || field.type === 'microTime') return `When: ${words.replace(/ (time|timestamp)$/, '')}.`
  if (words.endsWith(' seconds')) return sentence(`${words.slice(0, -' seconds'.length)}, in seconds`)
  if (field.type === 'bool') return `Whether: ${words}.`
  if (field.shape === 'map') return sentence(`${words}, by key`)
  return sentence(words)
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** `hostIPs` becomes `host IPs`, `CSIDriver` `CSI driver`. */
function split(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z]{2,})/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z][a-z]/.test(word) ? word.toLowerCase() : word))
    .join(' ')
}
