import { BackwardWriter, BYTES, VARINT } from '../meta/wire.ts'
import type { JsonSchema } from './schemas.ts'

/**
 * Writes an OpenAPI v2 document in the protobuf form of gnostic, the only one in which older clients take it. Only what
 * our own documents contain is known here.
 */
export function encodeGnostic(document: JsonSchema): Buffer {
  const out = new BackwardWriter()
  Document(document, out)
  return out.finish()
}

type Value = any

type Encode = (value: Value, out: BackwardWriter) => void

/** How one property of a JSON object is written: `key` is its name, and undefined where the whole object is meant. */
interface Line {
  readonly number: number
  readonly key?: string
  readonly write: (value: Value, number: number, out: BackwardWriter) => void
}

/** A message: its lines are written in descending order, because the writer goes backwards. */
function message(lines: readonly Line[]): Encode {
  const descending = lines.toSorted((a, b) => b.number - a.number)
  return (object, out) => {
    for (const { number, key, write } of descending) {
      const value = key === undefined ? object : object[key]
      if (value !== undefined) write(value, number, out)
    }
  }
}

function text(number: number, key: string): Line {
  return { number, key, write: writeText }
}

function flag(number: number, key: string): Line {
  return {
    number,
    key,
    write: (value, field, out) => {
      out.unsigned(value === true ? 1 : 0)
      out.tag(field, VARINT)
    },
  }
}

function texts(number: number, key: string): Line {
  return {
    number,
    key,
    write: (values: readonly string[], field, out) => backwards(values, (one) => writeText(one, field, out)),
  }
}

function one(number: number, key: string, encode: Encode): Line {
  return { number, key, write: (value, field, out) => writeMessage(encode, value, field, out) }
}

function many(number: number, key: string, encode: Encode): Line {
  return {
    number,
    key,
    write: (values: readonly Value[], field, out) =>
      backwards(values, (value) => writeMessage(encode, value, field, out)),
  }
}

/** The properties of an object that `takes` chooses, each as a message of its name and value. */
function named(number: number, encode: Encode, takes: (name: string) => boolean = () => true): Line {
  const entry = message([text(1, 'name'), one(2, 'value', encode)])
  return {
    number,
    write: (object: Record<string, Value>, field, out) =>
      backwards(
        Object.entries(object).filter(([name]) => takes(name)),
        ([name, value]) => writeMessage(entry, { name, value }, field, out),
      ),
  }
}

/** The whole object as an inner message: for choices between several messages. */
function as(number: number, encode: Encode): Line {
  return { number, write: (value, field, out) => writeMessage(encode, value, field, out) }
}

/** A choice between several messages, of which each value is one. */
function choice(choose: (value: Value) => Line): Encode {
  return (value, out) => {
    const { number, write } = choose(value)
    write(value, number, out)
  }
}

function writeText(value: string, number: number, out: BackwardWriter): void {
  out.text(value)
  out.tag(number, BYTES)
}

function writeMessage(encode: Encode, value: Value, number: number, out: BackwardWriter): void {
  const end = out.length
  encode(value, out)
  out.unsigned(out.length - end)
  out.tag(number, BYTES)
}

function backwards<T>(values: readonly T[], write: (value: T) => void): void {
  for (let i = values.length - 1; i >= 0; i--) write(values[i]!)
}

/** Any value, as YAML: JSON is that too. */
const Any: Encode = (value, out) => writeText(JSON.stringify(value), 2, out)

const isExtension = (name: string): boolean => name.startsWith('x-')

function extensions(number: number): Line {
  return named(number, Any, isExtension)
}

/** Schemas contain schemas. */
const Schema: Encode = (value, out) => SchemaFields(value, out)

const SchemaFields = message([
  text(1, '$ref'),
  text(2, 'format'),
  text(4, 'description'),
  one(5, 'default', Any),
  texts(19, 'required'),
  many(20, 'enum', Any),
  one(
    21,
    'additionalProperties',
    choice((value) => (typeof value === 'boolean' ? { number: 2, write: flag(2, '').write } : as(1, Schema))),
  ),
  one(22, 'type', (value, out) => writeText(value, 1, out)),
  one(23, 'items', (value, out) => writeMessage(Schema, value, 1, out)),
  many(24, 'allOf', Schema),
  one(25, 'properties', message([named(1, Schema)])),
  extensions(31),
])

const BodyParameter = message([
  text(1, 'description'),
  text(2, 'name'),
  text(3, 'in'),
  flag(4, 'required'),
  one(5, 'schema', Schema),
])

const QueryParameter = message([
  flag(1, 'required'),
  text(2, 'in'),
  text(3, 'description'),
  text(4, 'name'),
  text(6, 'type'),
  flag(20, 'uniqueItems'),
])

const PathParameter = message([
  flag(1, 'required'),
  text(2, 'in'),
  text(3, 'description'),
  text(4, 'name'),
  text(5, 'type'),
  flag(19, 'uniqueItems'),
])

const NonBodyParameter = choice((value) => (value.in === 'path' ? as(4, PathParameter) : as(3, QueryParameter)))

const Parameter = choice((value) => (value.in === 'body' ? as(1, BodyParameter) : as(2, NonBodyParameter)))

const Response = message([text(1, 'description'), one(2, 'schema', message([as(1, Schema)]))])

const Operation = message([
  texts(1, 'tags'),
  text(3, 'description'),
  text(5, 'operationId'),
  texts(6, 'produces'),
  texts(7, 'consumes'),
  many(8, 'parameters', message([as(1, Parameter)])),
  one(9, 'responses', message([named(1, message([as(1, Response)]))])),
  texts(10, 'schemes'),
  extensions(13),
])

const PathItem = message([
  one(2, 'get', Operation),
  one(3, 'put', Operation),
  one(4, 'post', Operation),
  one(5, 'delete', Operation),
  one(6, 'options', Operation),
  one(7, 'head', Operation),
  one(8, 'patch', Operation),
  many(9, 'parameters', message([as(1, Parameter)])),
])

const ApiKeySecurity = message([text(1, 'type'), text(2, 'name'), text(3, 'in'), text(4, 'description')])

const Document = message([
  text(1, 'swagger'),
  one(2, 'info', message([text(1, 'title'), text(2, 'version')])),
  one(8, 'paths', message([named(2, PathItem)])),
  one(9, 'definitions', message([named(1, Schema)])),
  many(
    12,
    'security',
    message([named(1, (value: readonly string[], out) => backwards(value, (scope) => writeText(scope, 1, out)))]),
  ),
  one(13, 'securityDefinitions', message([named(1, message([as(2, ApiKeySecurity)]))])),
  extensions(16),
])
