import { linesOf } from '../meta/layout.ts'
import type { Kind } from '../meta/kind.ts'
import { messageOf } from '../meta/schema.ts'
import type { ElementType, Field, Message, Scalar } from '../meta/schema.ts'
import { ListMeta, ObjectMeta } from '../meta/v1.ts'

export type JsonSchema = Record<string, unknown>

/** The two forms of OpenAPI differ in how they refer to a schema, and the third also says defaults. */
export type OpenApiForm = 'v2' | 'v3'

/** Gathers the schemas of everything that a document mentions. */
export class SchemaCollection {
  readonly schemas: Record<string, JsonSchema> = {}
  readonly #form: OpenApiForm
  /** Every group version that is served: some options exist in each of them. */
  readonly #everywhere: readonly GroupVersion[]

  constructor(form: OpenApiForm, everywhere: readonly GroupVersion[]) {
    this.#form = form
    this.#everywhere = everywhere
  }

  /** A reference to the schema of a message, which is added with all that it mentions. */
  ref(message: Message): JsonSchema {
    return this.#refTo(message.openApiName, () => this.#schemaOf(message))
  }

  /** A reference to the schema of a list of objects of a kind. */
  refToList(kind: Kind): JsonSchema {
    return this.#refTo(`${kind.message.openApiName}List`, () => this.#listSchemaOf(kind))
  }

  /** A reference to the schema of what a patch contains, which is anything. */
  refToPatch(): JsonSchema {
    return this.#refTo('io.k8s.apimachinery.pkg.apis.meta.v1.Patch', () => ({
      description: 'A change of an object, in one of several forms.',
      type: 'object',
    }))
  }

  #refTo(name: string, make: () => JsonSchema): JsonSchema {
    if (this.schemas[name] === undefined) {
      // The name is taken before the schema is made, because schemas may contain themselves.
      this.schemas[name] = {}
      this.schemas[name] = make()
    }
    return { $ref: this.#form === 'v2' ? `#/definitions/${name}` : `#/components/schemas/${name}` }
  }

  #schemaOf(message: Message): JsonSchema {
    if (message.union !== undefined) return { description: message.doc }
    if (message.dynamic !== undefined) return message.dynamic.openApi(this.#form, this.#element(ObjectMeta))
    const properties: Record<string, JsonSchema> = message.object ? typeProperties() : {}
    const required: string[] = []
    for (const { name, field } of linesOf(message)) {
      properties[name] = this.#propertyOf(field)
      if (field.options.required === true) required.push(name)
    }
    return {
      description: message.doc,
      ...(Object.keys(properties).length === 0 ? {} : { properties: inOrder(properties) }),
      ...(required.length === 0 ? {} : { required }),
      type: 'object',
      ...(message.object ? { 'x-kubernetes-group-version-kind': this.#kindsOf(message) } : {}),
      ...(message.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    }
  }

  #kindsOf({ name, group, version }: Message): JsonSchema[] {
    if (group !== 'meta.k8s.io') return [{ group, kind: name, version }]
    if (name !== 'DeleteOptions' && name !== 'WatchEvent') return [{ group: '', kind: name, version }]
    return this.#everywhere.map((one) => ({ group: one.group, kind: name, version: one.version }))
  }

  #listSchemaOf({ message, listKind, group, version }: Kind): JsonSchema {
    return {
      description: `A page of objects: ${listKind.slice(0, -'List'.length)}.`,
      properties: inOrder({
        ...typeProperties(),
        items: { description: 'The objects.', items: this.#element(message), type: 'array' },
        metadata: { ...this.#element(ListMeta), description: 'What the list says about itself.' },
      }),
      required: ['items'],
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
    }
  }

  #propertyOf(field: Field): JsonSchema {
    const { shape, element, options } = field
    return {
      ...(options.doc === undefined ? {} : { description: options.doc }),
      ...(shape === 'list'
        ? { items: this.#element(element), type: 'array' }
        : shape === 'map'
          ? { additionalProperties: this.#element(element), type: 'object' }
          : this.#single(field)),
      ...(options.list === undefined ? {} : { 'x-kubernetes-list-type': options.list }),
      ...(options.keys === undefined ? {} : { 'x-kubernetes-list-map-keys': options.keys }),
      ...(options.atomic === true ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      ...(options.granular === true ? { 'x-kubernetes-map-type': 'granular' } : {}),
      ...(options.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': options.patchStrategy }),
      ...(options.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': options.mergeKey }),
    }
  }

  #single({ element, pointer, options }: Field): JsonSchema {
    const schema = this.#bare(element)
    if (this.#form === 'v2') return schema
    const value = options.default ?? (pointer ? undefined : zeroOf(element, options.required === true))
    // Nothing may stand beside a reference in the third form.
    const alone = '$ref' in schema ? { allOf: [schema] } : schema
    return value === undefined ? alone : { ...alone, default: value }
  }

  /** The schema of an element of a list or map, which is never absent. */
  #element(element: ElementType): JsonSchema {
    const schema = this.#bare(element)
    const zero = this.#form === 'v2' ? undefined : zeroOf(element, true)
    if (zero === undefined) return schema
    return '$ref' in schema ? { allOf: [schema], default: zero } : { ...schema, default: zero }
  }

  #bare(element: ElementType): JsonSchema {
    const message = messageOf(element)
    return message === undefined ? this.#scalar(element as Scalar) : this.ref(message)
  }

  #scalar(scalar: Scalar): JsonSchema {
    const named = NAMED[scalar]
    if (named === undefined) return PLAIN[scalar] ?? { type: 'string' }
    const { name, doc, v2, v3 = v2 } = named
    return this.#refTo(name, () => ({ description: doc, ...(this.#form === 'v2' ? v2 : v3) }))
  }
}

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

function typeProperties(): Record<string, JsonSchema> {
  return {
    apiVersion: { description: 'The version of the API that this is written for.', type: 'string' },
    kind: { description: 'The kind of the object.', type: 'string' },
  }
}

function inOrder(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** What stands for an absent value in the third form: structs are empty, required scalars zero. */
function zeroOf(element: ElementType, required: boolean): unknown {
  if (typeof element !== 'string') return messageOf(element)!.union === undefined ? {} : undefined
  if (!required) return undefined
  return { string: '', bool: false, int32: 0, int64: 0, double: 0 }[element as string]
}

const PLAIN: Readonly<Partial<Record<Scalar, JsonSchema>>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { format: 'int32', type: 'integer' },
  int64: { format: 'int64', type: 'integer' },
  double: { format: 'double', type: 'number' },
  bytes: { format: 'byte', type: 'string' },
  strings: { items: { type: 'string' }, type: 'array' },
}

interface NamedScalar {
  readonly name: string
  readonly doc: string
  readonly v2: JsonSchema
  readonly v3?: JsonSchema
}

/** Scalars that documents describe once, under a name. */
const NAMED: Readonly<Partial<Record<Scalar, NamedScalar>>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    doc: 'An exact amount: a decimal number with an optional suffix of n, u, m, k, M, G, T, P, E (powers of ten), Ki, Mi, Gi, Ti, Pi, Ei (powers of two), or an exponent such as e3. It is written back in the shortest form without a fraction: 1.5 as 1500m, 1024Mi as 1Gi.',
    v2: { type: 'string' },
    v3: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    doc: 'A whole number, or a text: the name of a port, or a share such as 25%.',
    v2: { format: 'int-or-string', type: 'string' },
    v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  time: {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
    doc: 'A point in time, to the second.',
    v2: { format: 'date-time', type: 'string' },
  },
  microTime: {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
    doc: 'A point in time, to the microsecond.',
    v2: { format: 'date-time', type: 'string' },
  },
  duration: {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Duration',
    doc: 'A length of time, such as 1h30m.',
    v2: { type: 'string' },
  },
  rawExtension: {
    name: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
    doc: 'An object of any kind.',
    v2: { type: 'object' },
  },
  fieldsV1: {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
    doc: 'A set of fields, as a tree: f: before the name of a field, k: before the keys of an element, v: before a value, i: before an index.',
    v2: { type: 'object' },
  },
  json: {
    name: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
    doc: 'Any value of JSON.',
    v2: {},
  },
}
