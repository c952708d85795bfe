import * as schema from '../../src/api/meta/schema.ts'
import type { Field, FieldOptions, Message } from '../../src/api/meta/schema.ts'
import type { Facts, FieldFacts, MessageFacts, PackageFacts } from './facts.ts'
import { find } from './tables.ts'

/**
 * Makes tables in memory for any message of the reference data, also of versions that the product does not carry: with
 * them, the codecs are tried on every kind there ever was, and the tables of the product are compared with the facts.
 */
export function messageMaker(facts: Facts): (protoName: string) => Message {
  const made = new Map<string, Message>()
  return function make(protoName) {
    let message = made.get(protoName)
    if (message === undefined) {
      const { pkg, message: source } = find(facts, protoName)
      message = build(pkg, source, (name) => () => make(name))
      made.set(protoName, message)
    }
    return message
  }
}

function build(pkg: PackageFacts, source: MessageFacts, later: (protoName: string) => () => Message): Message {
  const { message, object, union } = schema.groupVersion(pkg)
  const fields = Object.fromEntries(source.fields.map((field) => [field.name, buildField(pkg, field, later)]))
  if (source.union !== undefined) return union(source.name, '', source.union, fields)
  return (source.object ? object : message)(source.name, '', fields, { atomic: source.atomic })
}

function buildField(pkg: PackageFacts, field: FieldFacts, later: (protoName: string) => () => Message): Field {
  const options = optionsOf(pkg, field)
  const { type, number } = field
  const element = typeof type === 'string' ? type : later(type.message)
  if (field.shape === 'list') return schema.list(number, element, options)
  if (field.shape === 'map') return schema.map(number, element, options)
  if (typeof element === 'string') return schema[element](number, options)
  if (field.inline) return schema.inline(number, element(), options) as Field
  return field.pointer ? schema.ref(number, element, options) : schema.embed(number, element(), options)
}

/** What a line says beside number and type, without its sentence. */
export function optionsOf(pkg: PackageFacts, field: FieldFacts): FieldOptions {
  const written = !field.omitempty && !field.inline
  return {
    ...(field.required ? { required: true } : {}),
    ...(field.required && field.omitempty ? { omitempty: true } : {}),
    ...(!field.required && written ? { always: true } : {}),
    ...(field.pointer ? { pointer: true } : {}),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.enum === undefined ? {} : { enum: pkg.enums.get(field.enum)! }),
    ...(field.list === undefined ? {} : { list: field.list }),
    ...(field.keys.length === 0 ? {} : { keys: field.keys }),
    ...(field.atomic ? { atomic: true } : {}),
    ...(field.granular ? { granular: true } : {}),
    ...(field.patchStrategy === undefined ? {} : { patchStrategy: field.patchStrategy }),
    ...(field.mergeKey === undefined ? {} : { mergeKey: field.mergeKey }),
  }
}
