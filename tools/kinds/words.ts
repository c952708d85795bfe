import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FieldFacts } from './facts.ts'

/** What is said of fields, by name or by message and name, and of messages: a line each, in files of their own. */
const fieldSentences = readSentences('field-sentences.txt')
const messageSentences = readSentences('message-sentences.txt')

function readSentences(file: string): Readonly<Record<string, string | undefined>> {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8')
    .trimEnd()
    .split('\n')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
}

/** A sentence about a field: from the lists of sentences if one is there, else made from its name and type. */
export function fieldDoc(message: string, field: FieldFacts): string {
  return fieldSentences[`${message}.${field.name}`] ?? fieldSentences[field.name] ?? generated(field)
}

/** A sentence about a message, in the same way. */
export function messageDoc(name: string): string {
  const known = messageSentences[name]
  if (known !== undefined) return known
  const ending = (suffix: string): string | undefined =>
    name.endsWith(suffix) && name !== suffix ? split(name.slice(0, -suffix.length)) : undefined
  const list = ending('List')
  if (list !== undefined) return `A page of ${list} objects.`
  const spec = ending('Spec')
  if (spec !== undefined) return `What is wanted of the ${spec}.`
  const status = ending('Status')
  if (status !== undefined) return `What is known of the ${status}.`
  const condition = ending('Condition')
  if (condition !== undefined) return `One thing that holds, or does not, of the ${condition}.`
  return sentence(split(name))
}

function generated(field: FieldFacts): string {
  const words = split(field.name)
  if (field.type === 'time' || field.type === 'microTime')
    return sentence(`time of ${words.replace(/ (time|timestamp)$/, '')}`)
  if (words.endsWith(' seconds')) return sentence(`${words.slice(0, -' seconds'.length)}, in seconds`)
  if (field.type === 'bool') return sentence(`whether ${words}`)
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
