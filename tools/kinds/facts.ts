import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { ListType, Scalar, Union } from '../../src/api/meta/schema.ts'
import { defaults } from './additions.ts'

/** One field of a message, with what all the sources say about it. */
export interface FieldFacts {
  readonly name: string
  readonly number: number
  readonly shape: 'one' | 'list' | 'map'
  /** A scalar, or the full protobuf name of a message. */
  readonly type: Scalar | { readonly message: string }
  readonly inline: boolean
  readonly pointer: boolean
  readonly omitempty: boolean
  readonly required: boolean
  readonly default: unknown
  /** Name of the Go type of a closed list of values. */
  readonly enum: string | undefined
  readonly list: ListType | undefined
  readonly keys: readonly string[]
  readonly atomic: boolean
  readonly granular: boolean
  readonly patchStrategy: string | undefined
  readonly mergeKey: string | undefined
}

export interface MessageFacts {
  readonly name: string
  readonly protoName: string
  /** It carries `kind` and `apiVersion`. */
  readonly object: boolean
  readonly atomic: boolean
  readonly union: Union | undefined
  readonly fields: readonly FieldFacts[]
}

export interface PackageFacts {
  readonly proto: string
  readonly group: string
  readonly version: string
  readonly messages: ReadonlyMap<string, MessageFacts>
  /** Closed lists of values, by the name of their type. */
  readonly enums: ReadonlyMap<string, readonly string[]>
}

export interface Facts {
  readonly packages: ReadonlyMap<string, PackageFacts>
  /** Rows of the table of resources. */
  readonly resources: readonly Record<string, string>[]
  /** Rows that tie group, version and kind to message and fixture. */
  readonly kinds: readonly Record<string, string>[]
}

interface GoField {
  go: string
  goType: string
  json?: string
  embedded?: boolean
  proto?: { number: number }
  markers?: string[]
  patchStrategy?: string
  patchMergeKey?: string
}

interface GoType {
  kind: string
  underlying?: string
  markers?: string[]
  fields?: GoField[]
  values?: { const: string; value: string }[]
}

interface ProtoField {
  name: string
  number: number
  type: string
  label: 'optional' | 'repeated' | 'map'
  json?: string
  inline?: boolean
  omitempty?: boolean
  pointer?: boolean
}

interface ProtoPackage {
  goPackage: string
  group?: string
  version?: string
  messages: Record<string, { goAlias?: string; fields: ProtoField[] }>
}

interface Definition {
  required?: string[]
  properties?: Record<string, Record<string, unknown>>
  'x-kubernetes-map-type'?: string
}

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1'

/** Messages that stand for one value in JSON. */
const scalars: Readonly<Record<string, Scalar>> = {
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'k8s.io.apimachinery.pkg.api.resource.QuantityValue': 'quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'rawExtension',
  [`${meta}.Time`]: 'time',
  [`${meta}.MicroTime`]: 'microTime',
  [`${meta}.Duration`]: 'duration',
  [`${meta}.FieldsV1`]: 'fieldsV1',
  [`${meta}.Verbs`]: 'strings',
}

const unions: Readonly<Record<string, Union>> = {
  JSONSchemaPropsOrArray: 'schemaOrArray',
  JSONSchemaPropsOrBool: 'schemaOrBool',
  JSONSchemaPropsOrStringArray: 'schemaOrStrings',
}

/** Reads the reference data in `folder` into one description of every message. */
export function readFacts(folder: string): Facts {
  const protos = readJson<{ packages: Record<string, ProtoPackage> }>(`${folder}/protobuf/field-numbers.json`).packages
  const go = readJson<{ packages: Record<string, { types: Record<string, GoType> }> }>(
    `${folder}/api/go-types.json.gz`,
  ).packages
  const { definitions } = readJson<{ definitions: Record<string, Definition> }>(
    `${folder}/openapi/swagger-v1.36.json.gz`,
  )
  const packages = new Map<string, PackageFacts>()
  for (const [proto, source] of Object.entries(protos)) {
    const types = go[source.goPackage]?.types ?? {}
    const messages = new Map<string, MessageFacts>()
    for (const [name, message] of Object.entries(source.messages)) {
      const protoName = `${proto}.${name}`
      if (scalarOf(protoName) !== undefined) continue
      const definition = definitions[openApiName(protoName)]
      messages.set(name, messageFacts(protoName, name, message.fields, types, definition))
    }
    const enums = new Map(
      Object.entries(types)
        .filter(([, type]) => isClosed(type))
        .map(([name, type]) => [name, valuesElsewhere.get(name) ?? type.values!.map((one) => one.value)]),
    )
    packages.set(proto, { proto, group: source.group ?? '', version: source.version ?? '', messages, enums })
  }
  return {
    packages,
    resources: readTable(`${folder}/openapi/resources.tsv`),
    kinds: readTable(`${folder}/protobuf/kind-messages.tsv`),
  }
}

function scalarOf(protoName: string): Scalar | undefined {
  if (protoName.endsWith('.ExtraValue')) return 'strings'
  if (/\.apiextensions\.v1(beta1)?\.JSON$/.test(protoName)) return 'json'
  return scalars[protoName]
}

function messageFacts(
  protoName: string,
  name: string,
  fields: readonly ProtoField[],
  types: Record<string, GoType>,
  definition: Definition | undefined,
): MessageFacts {
  const type = types[name]
  const goFields = type?.fields ?? []
  const place = (field: ProtoField): number => goFields.findIndex((one) => one.proto?.number === field.number)
  // JSON shows fields in the order in which Go declares them, not in that of their numbers.
  const ordered = fields.filter((field) => field.json !== '-').toSorted((a, b) => place(a) - place(b))
  const union = unions[name]
  return {
    name,
    protoName,
    object: goFields.some((field) => field.embedded && field.goType.endsWith('TypeMeta')),
    atomic: definition?.['x-kubernetes-map-type'] === 'atomic' || (type?.markers ?? []).includes('structType=atomic'),
    union,
    fields: ordered.map((field) => {
      const property = field.json === undefined ? undefined : definition?.properties?.[field.json]
      const found = fieldFacts(
        field,
        goFields[place(field)],
        types,
        property,
        definition && (definition.required ?? []),
      )
      const added = defaults[`${protoName.split('.').slice(-3).join('.')}.${found.name}`]
      return added === undefined ? found : { ...found, default: added }
    }),
  }
}

function fieldFacts(
  field: ProtoField,
  go: GoField | undefined,
  types: Record<string, GoType>,
  property: Record<string, unknown> | undefined,
  required: readonly string[] | undefined,
): FieldFacts {
  const marker = (name: string): string | undefined =>
    go?.markers?.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
  const all = (name: string): string[] =>
    (go?.markers ?? []).filter((one) => one.startsWith(`${name}=`)).map((one) => one.slice(name.length + 1))
  const isMessage = field.type.includes('.')
  const scalar = isMessage ? scalarOf(field.type) : (field.type as Scalar)
  const enumType = go?.goType.replace(/^(\*|\[\])+/, '')
  const listType = (property?.['x-kubernetes-list-type'] ?? marker('listType')) as ListType | undefined
  const keys = (property?.['x-kubernetes-list-map-keys'] as string[] | undefined) ?? all('listMapKey')
  const value = marker('default')
  return {
    name: field.json ?? field.name,
    number: field.number,
    shape: field.label === 'map' ? 'map' : field.label === 'repeated' ? 'list' : 'one',
    type: scalar ?? { message: field.type },
    inline: field.inline === true && isMessage,
    pointer: field.pointer === true,
    omitempty: field.omitempty === true,
    // Messages that stand only inside others have no definition of their own; the rule is that of the generator.
    required:
      required === undefined
        ? field.omitempty !== true && field.inline !== true && go?.markers?.includes('optional') !== true
        : field.json !== undefined && required.includes(field.json),
    default: value === undefined ? undefined : parseDefault(value, types),
    enum: enumType !== undefined && isClosed(types[enumType]) ? enumType : undefined,
    list: listType,
    keys,
    atomic: property?.['x-kubernetes-map-type'] === 'atomic' || marker('mapType') === 'atomic',
    granular: marker('mapType') === 'granular' || marker('structType') === 'granular',
    patchStrategy: (property?.['x-kubernetes-patch-strategy'] as string | undefined) ?? go?.patchStrategy,
    mergeKey: (property?.['x-kubernetes-patch-merge-key'] as string | undefined) ?? go?.patchMergeKey,
  }
}

/** Closed lists whose values are said by constants of another package, which the facts of their own do not show. */
const valuesElsewhere: ReadonlyMap<string, readonly string[]> = new Map([['AddressType', ['FQDN', 'IPv4', 'IPv6']]])

function isClosed(type: GoType | undefined): boolean {
  return (
    type?.kind === 'alias' &&
    type.underlying === 'string' &&
    type.values !== undefined &&
    (type.markers ?? []).some((one) => one === 'enum' || one === 'k8s:enum')
  )
}

/** A default is JSON, or names a constant. */
function parseDefault(text: string, types: Record<string, GoType>): unknown {
  const [, constant] = /^ref\((\w+)\)$/.exec(text) ?? []
  if (constant === undefined) return JSON.parse(text)
  return Object.values(types)
    .flatMap((type) => type.values ?? [])
    .find((one) => one.const === constant)?.value
}

/** As in schema.ts, which has it from the package. */
function openApiName(protoName: string): string {
  return 'io.k8s.' + protoName.replace(/^k8s\.io\./, '').replaceAll('_', '-')
}

function readJson<T>(path: string): T {
  const bytes = readFileSync(path)
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as T
}

function readTable(path: string): Record<string, string>[] {
  const [head = '', ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const names = head.split('\t')
  return rows.map((row) => Object.fromEntries(row.split('\t').map((cell, index) => [names[index] ?? '', cell])))
}
