import { expressionType } from '../../api/custom/expression-type.ts'
import type { CustomResourceDefinition } from '../../api/apiextensions/v1.ts'
import { linesByName } from '../../api/meta/patch/merge-schema-of.ts'
import { messageOf } from '../../api/meta/schema.ts'
import type { ElementType, Field, Message, Scalar } from '../../api/meta/schema.ts'
import { ObjectMeta } from '../../api/meta/v1.ts'
import type { Type } from '../../lib/cel/types.ts'
import { BOOL, BYTES, DOUBLE, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP } from '../../lib/cel/types.ts'

const SCALARS: Readonly<Record<Scalar, Type>> = {
  string: STRING,
  bool: BOOL,
  int32: INT,
  int64: INT,
  double: DOUBLE,
  bytes: BYTES,
  quantity: DYN,
  intOrString: DYN,
  time: TIMESTAMP,
  microTime: TIMESTAMP,
  duration: STRING,
  rawExtension: DYN,
  fieldsV1: DYN,
  json: DYN,
  strings: listOf(STRING),
}

const known = new WeakMap<Message, Type>()

/** The type of the objects of a table, for expressions. */
export function typeOfMessage(message: Message): Type {
  let type = known.get(message)
  if (type === undefined) {
    type = message.union === undefined ? objectType(message.name, (name) => fieldOf(message, name)) : DYN
    known.set(message, type)
  }
  return type
}

function fieldOf(message: Message, name: string): Type | undefined {
  if (message.object && (name === 'apiVersion' || name === 'kind')) return STRING
  // Words of the language are written otherwise: `metadata.__namespace__`.
  const line = linesByName(message).get(name.replace(/^__([a-z]+)__$/, '$1'))
  return line === undefined ? undefined : typeOfField(line)
}

function typeOfField({ shape, element }: Field): Type {
  const one = typeOfElement(element)
  return shape === 'list' ? listOf(one) : shape === 'map' ? mapOf(STRING, one) : one
}

function typeOfElement(element: ElementType): Type {
  return typeof element === 'string' ? SCALARS[element] : typeOfMessage(messageOf(element)!)
}

/** The type of the custom objects of one version, with the metadata that all objects have; undefined without a schema. */
export function typeOfCustom({ spec }: CustomResourceDefinition, version: string): Type | undefined {
  const schema = spec.versions.find(({ name, served }) => served && name === version)?.schema?.openAPIV3Schema
  const type = schema === undefined ? undefined : expressionType(schema, true)
  if (type === undefined) return undefined
  const metadata = typeOfMessage(ObjectMeta)
  return objectType(spec.names.kind, (name) => (name === 'metadata' ? metadata : type.field?.(name)))
}
