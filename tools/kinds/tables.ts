import { posix } from 'node:path'
import type { Facts, FieldFacts, MessageFacts, PackageFacts } from './facts.ts'
import { fileOf } from './plan.ts'
import { fieldDoc, messageDoc } from './words.ts'

/** The source of the file of tables of one group version. */
export function writeTables(facts: Facts, pkg: PackageFacts): string {
  const file = fileOf(pkg)!
  const order = inOrderOfUse([...pkg.messages.values()], pkg)
  const builders = new Set<string>()
  const imports = new Map<string, Set<string>>()
  const enums = new Set<string>()
  const recursive = new Set(
    order.filter((message) => reaches(facts, message, message.protoName)).map((one) => one.protoName),
  )
  const tables = order.map((message) => {
    const lines = message.fields.map((field) => {
      if (typeof field.type !== 'string') noteImport(field.type.message)
      if (field.enum !== undefined) enums.add(field.enum)
      return `  ${fieldLine(pkg, message, field, builders, recursive)}`
    })
    const tail = message.atomic ? ', { atomic: true }' : ''
    const form = message.union === undefined ? '' : `${quote(message.union)}, `
    const start = `${quote(message.name)}, ${quote(messageDoc(message.name))}, ${form}`
    const body = `${builderOf(message)}(${start}{\n${lines.join('\n')}\n}${tail})`
    return recursive.has(message.protoName)
      ? `export const ${message.name}: Message<${message.name}> = ${body}\n${interfaceOf(pkg, message)}`
      : `export const ${message.name} = ${body}\nexport type ${message.name} = Static<typeof ${message.name}>`
  })
  const factories = new Set(order.map(builderOf))
  const names = [...builders, 'groupVersion'].toSorted().join(', ')
  const types = ['Static', ...(recursive.size > 0 ? ['Message'] : [])].toSorted().join(', ')
  const head = [
    ...[...imports].toSorted().map(([from, what]) => `import { ${[...what].toSorted().join(', ')} } from '${from}'`),
    `import { ${names} } from '${relative(file, 'meta/schema.ts')}'`,
    `import type { ${types} } from '${relative(file, 'meta/schema.ts')}'`,
    '',
    `const { ${[...factories].toSorted().join(', ')} } = groupVersion({ group: ${quote(pkg.group)}, version: ${quote(pkg.version)}, proto: ${quote(pkg.proto)} })`,
  ]
  const closed = [...enums].toSorted().map((name) => {
    const values = pkg.enums.get(name)!.map(quote).join(', ')
    return `export const ${name} = [${values}] as const\nexport type ${name} = (typeof ${name})[number]`
  })
  return `${[head.join('\n'), ...closed, ...tables].join('\n\n')}\n`

  function noteImport(protoName: string): void {
    const { pkg: other, message } = find(facts, protoName)
    if (other === pkg) return
    const from = fileOf(other)
    if (from === undefined) throw new Error(`${pkg.proto} needs ${protoName}, which has no file`)
    const path = relative(file, from)
    imports.set(path, (imports.get(path) ?? new Set()).add(message.name))
  }
}

function builderOf(message: MessageFacts): string {
  return message.union !== undefined ? 'union' : message.object ? 'object' : 'message'
}

/** The message of that name, which may stand in any package. */
export function find(facts: Facts, protoName: string): { pkg: PackageFacts; message: MessageFacts } {
  const dot = protoName.lastIndexOf('.')
  const pkg = facts.packages.get(protoName.slice(0, dot))
  const message = pkg?.messages.get(protoName.slice(dot + 1))
  if (pkg === undefined || message === undefined) throw new Error(`no message ${protoName}`)
  return { pkg, message }
}

function fieldLine(
  pkg: PackageFacts,
  message: MessageFacts,
  field: FieldFacts,
  builders: Set<string>,
  recursive: ReadonlySet<string>,
): string {
  const { type } = field
  const name = typeof type === 'string' ? undefined : type.message.slice(type.message.lastIndexOf('.') + 1)
  const back = typeof type !== 'string' && recursive.has(type.message) && recursive.has(message.protoName)
  const element = name === undefined ? quote(type as string) : back ? `() => ${name}` : name
  const builder =
    field.shape !== 'one'
      ? field.shape
      : name === undefined
        ? (type as string)
        : field.inline
          ? 'inline'
          : field.pointer
            ? 'ref'
            : 'embed'
  builders.add(builder)
  const args = builder === type ? `${field.number}` : `${field.number}, ${element}`
  const options = optionsOf(field, builder)
  if (!field.inline) options.push(`doc: ${quote(fieldDoc(message.name, field))}`)
  return `${key(field.name)}: ${builder}(${args}${options.length === 0 ? '' : `, { ${options.join(', ')} }`}),`
}

function optionsOf(field: FieldFacts, builder: string): string[] {
  const written = !field.omitempty && !field.inline
  return [
    field.required ? 'required: true' : '',
    field.required && field.omitempty ? 'omitempty: true' : '',
    !field.required && written ? 'always: true' : '',
    field.pointer && builder !== 'ref' ? 'pointer: true' : '',
    field.default === undefined ? '' : `default: ${literal(field.default)}`,
    field.enum === undefined ? '' : `enum: ${field.enum}`,
    field.list === undefined ? '' : `list: '${field.list}'`,
    field.keys.length === 0 ? '' : `keys: ${literal(field.keys)}`,
    field.atomic ? 'atomic: true' : '',
    field.granular ? 'granular: true' : '',
    field.patchStrategy === undefined ? '' : `patchStrategy: ${quote(field.patchStrategy)}`,
    field.mergeKey === undefined ? '' : `mergeKey: ${quote(field.mergeKey)}`,
  ].filter((one) => one !== '')
}

/** Messages such that each stands below those that it uses; within a cycle, in the order of the source. */
function inOrderOfUse(messages: readonly MessageFacts[], pkg: PackageFacts): MessageFacts[] {
  const done = new Set<MessageFacts>()
  const visit = (message: MessageFacts): void => {
    if (done.has(message)) return
    done.add(message)
    for (const { type } of message.fields) {
      if (typeof type === 'string' || !type.message.startsWith(`${pkg.proto}.`)) continue
      const used = pkg.messages.get(type.message.slice(pkg.proto.length + 1))
      if (used !== undefined) visit(used)
    }
    order.push(message)
  }
  const order: MessageFacts[] = []
  for (const message of messages) visit(message)
  return order
}

function reaches(facts: Facts, from: MessageFacts, goal: string, seen = new Set<string>()): boolean {
  for (const { type } of from.fields) {
    if (typeof type === 'string' || seen.has(type.message)) continue
    if (type.message === goal) return true
    seen.add(type.message)
    if (reaches(facts, find(facts, type.message).message, goal, seen)) return true
  }
  return false
}

/** TypeScript cannot infer the type of a value that mentions itself, so these have it written out. */
function interfaceOf(pkg: PackageFacts, message: MessageFacts): string {
  const [first, second] = message.fields
  if (message.union === 'schemaOrArray')
    return `export type ${message.name} = ${typeName(first!)} | ${typeName(second!)}`
  if (message.union === 'schemaOrBool') return `export type ${message.name} = ${typeName(second!)} | boolean`
  if (message.union === 'schemaOrStrings') return `export type ${message.name} = ${typeName(first!)} | string[]`
  const lines = message.fields.map((field) => {
    const always = !field.omitempty && !field.pointer
    return `  ${key(field.name)}${always ? '' : '?'}: ${typeName(field)}`
  })
  return `export interface ${message.name} {\n${lines.join('\n')}\n}`
}

function typeName(field: FieldFacts): string {
  const { type } = field
  const one =
    typeof type !== 'string'
      ? type.message.slice(type.message.lastIndexOf('.') + 1)
      : ({ bool: 'boolean', int32: 'number', int64: 'number', double: 'number', json: 'unknown' }[type as string] ??
        'string')
  return field.shape === 'list' ? `${one}[]` : field.shape === 'map' ? `Record<string, ${one}>` : one
}

function key(name: string): string {
  return /^\w+$/.test(name) ? name : quote(name)
}

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

/** A string of source in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([name, one]) => `${key(name)}: ${literal(one)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}
