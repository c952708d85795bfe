/**
 * Writes src/node/runtime/cri/messages.ts from a table of the CRI's messages (name, fields, numbers), such as
 * ../shared/kubernetes/cri/field-numbers.json: `node tools/cri.ts FACTS.json`. From then on the file is ours.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface FactField {
  name: string
  number: number
  type: string
  label?: 'repeated' | 'map'
  deprecated?: boolean
}
interface FactEnum {
  name: string
  values: { name: string; number: number }[]
}
interface Facts {
  services: { name: string; methods: { name: string; request: string; response: string; serverStreaming: boolean }[] }[]
  messages: { name: string; fields: FactField[]; enums?: FactEnum[] }[]
  enums: FactEnum[]
}

/** What an agent for Linux does not say: Windows, the streamed lists of newest runtimes, and metrics in the runtime's own words. */
const leftOut = /Windows|^Stream|^.*Metric|^Checkpoint|^UpdateRuntimeConfig|^RuntimeConfig$|^NetworkConfig$/

const scalars: Record<string, string> = {
  string: 'string',
  bool: 'boolean',
  int32: 'number',
  uint32: 'number',
  int64: 'number',
  uint64: 'number',
  double: 'number',
  bytes: 'Uint8Array',
}

const facts = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Facts
const messages = facts.messages.filter(({ name }) => !leftOut.test(name))
const enums = [...facts.enums, ...facts.messages.flatMap((message) => message.enums ?? [])].filter(
  ({ name }) => !leftOut.test(name),
)
const enumNames = new Set(enums.map(({ name }) => name))

/** `CDI_devices` and `pod_sandbox_id` as JavaScript says them. */
function camel(name: string): string {
  const [first, ...rest] = name.split('_')
  const head = /^[A-Z]+$/.test(first!) ? first!.toLowerCase() : first![0]!.toLowerCase() + first!.slice(1)
  return head + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function tsType({ type, label }: FactField): string {
  const single = scalars[type] ?? type
  if (label === 'repeated') return `${single}[]`
  return label === 'map' ? `Record<string, ${single}>` : single
}

function tableLine(field: FactField): string {
  const type =
    scalars[field.type] !== undefined
      ? `'${field.type}'`
      : enumNames.has(field.type)
        ? `{ enum: ${field.type} }`
        : `() => ${field.type}`
  const shape = field.label === undefined ? '' : `, shape: '${field.label === 'repeated' ? 'list' : 'map'}'`
  return `  ${camel(field.name)}: { number: ${field.number}, type: ${type}${shape} },`
}

const lines = [
  "import type { Table } from '../codec.ts'",
  '',
  '/** The container runtime interface v1: its messages as tables, and the types of their objects. Made by tools/cri.ts. */',
]
for (const { name, values } of enums) {
  lines.push(
    '',
    `export const ${name} = {`,
    ...values.map((value) => `  ${value.name}: ${value.number},`),
    '} as const',
  )
  lines.push(`export type ${name} = keyof typeof ${name}`)
}
for (const { name, fields } of messages) {
  const kept = fields.filter((field) => !leftOut.test(field.type) && field.deprecated !== true)
  if (kept.length === 0) {
    lines.push('', `export type ${name} = Record<never, never>`, `export const ${name}: Table<${name}> = {}`)
    continue
  }
  lines.push('', `export interface ${name} {`)
  for (const field of kept) {
    const optional = field.label === undefined && scalars[field.type] === undefined && !enumNames.has(field.type)
    lines.push(`  ${camel(field.name)}${optional ? '?' : ''}: ${tsType(field)}`)
  }
  lines.push('}', `export const ${name}: Table<${name}> = {`, ...kept.map(tableLine), '}')
}
lines.push('', '/** Every call: its service, and what goes and comes. */', 'export const methods = {')
for (const service of facts.services) {
  for (const method of service.methods) {
    if (leftOut.test(method.name) || leftOut.test(method.request) || leftOut.test(method.response)) continue
    lines.push(
      `  ${camel(method.name)}: { path: '/runtime.v1.${service.name}/${method.name}', request: ${method.request}, response: ${method.response}, stream: ${method.serverStreaming} },`,
    )
  }
}
lines.push('} as const', '')
writeFileSync(new URL('../src/node/runtime/cri/messages.ts', import.meta.url), lines.join('\n'))
