import type { ListSchema, MapSchema, MergeSchema } from '../../../lib/patch/merge-schema.ts'
import { unknownSchema } from '../../../lib/patch/merge-schema.ts'
import { linesOf } from '../layout.ts'
import { messageOf } from '../schema.ts'
import type { ElementType, Field, Message, Scalar } from '../schema.ts'

const cache = new WeakMap<Message, MergeSchema>()

/** What structured merging has to know of a table; made once, and of each nested table when a value reaches it. */
export function mergeSchemaOf(message: Message): MergeSchema {
  let schema = cache.get(message)
  if (schema === undefined) {
    schema = message.dynamic?.merge ?? (message.union === undefined ? { map: new MessageMap(message) } : unknownSchema)
    cache.set(message, schema)
  }
  return schema
}

const SCALARS: Readonly<Record<Scalar, MergeSchema>> = {
  string: { scalar: 'string' },
  bool: { scalar: 'boolean' },
  int32: { scalar: 'number' },
  int64: { scalar: 'number' },
  double: { scalar: 'number' },
  bytes: { scalar: 'string' },
  quantity: { scalar: 'any' },
  intOrString: { scalar: 'any' },
  time: { scalar: 'any' },
  microTime: { scalar: 'any' },
  duration: { scalar: 'string' },
  rawExtension: { map: unknownSchema.map! },
  fieldsV1: { map: unknownSchema.map! },
  json: unknownSchema,
  strings: { list: { items: 'atomic', element: { scalar: 'string' }, keys: [], keyDefaults: {} } },
}

function elementSchema(element: ElementType): MergeSchema {
  if (typeof element === 'string') return SCALARS[element]
  return mergeSchemaOf(messageOf(element)!)
}

/** A message as a map of declared fields. */
class MessageMap implements MapSchema {
  readonly atomic: boolean
  readonly element = undefined
  readonly #lines: ReadonlyMap<string, Field>
  readonly #schemas = new Map<string, MergeSchema>()

  constructor(message: Message, atomic = message.atomic) {
    this.atomic = atomic
    this.#lines = linesByName(message)
    // Every object has these, though no table says so.
    if (message.object) for (const name of ['apiVersion', 'kind']) this.#schemas.set(name, SCALARS.string)
  }

  field(name: string): MergeSchema | undefined {
    const known = this.#schemas.get(name)
    if (known !== undefined) return known
    const line = this.#lines.get(name)
    if (line === undefined) return undefined
    const schema = fieldSchema(line)
    this.#schemas.set(name, schema)
    return schema
  }
}

const lines = new WeakMap<Message, ReadonlyMap<string, Field>>()

/** The lines of a table by their JSON names, those of inlined messages among them. */
export function linesByName(message: Message): ReadonlyMap<string, Field> {
  let known = lines.get(message)
  if (known === undefined) {
    lines.set(message, (known = new Map(linesOf(message).map(({ name, field }) => [name, field]))))
  }
  return known
}

function fieldSchema({ shape, element, options }: Field): MergeSchema {
  switch (shape) {
    case 'list':
      return { list: new TableList(element, options) }
    case 'map':
      return { map: { atomic: options.atomic === true, field: () => undefined, element: elementSchema(element) } }
    default: {
      const message = messageOf(element)
      if (options.atomic === true && message !== undefined) return { map: new MessageMap(message, true) }
      return elementSchema(element)
    }
  }
}

class TableList implements ListSchema {
  readonly items: ListSchema['items']
  readonly keys: readonly string[]
  readonly #element: ElementType

  constructor(element: ElementType, options: Field['options']) {
    this.#element = element
    this.items = options.list ?? 'atomic'
    this.keys = this.items === 'map' ? (options.keys ?? []).toSorted() : []
  }

  get element(): MergeSchema {
    return elementSchema(this.#element)
  }

  get keyDefaults(): ListSchema['keyDefaults'] {
    const defaults: Record<string, string | number | boolean> = {}
    const message = messageOf(this.#element)
    if (message !== undefined) {
      const lines = linesByName(message)
      for (const key of this.keys) {
        const line = lines.get(key)
        const value = line?.options.default
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') defaults[key] = value
        else if (line !== undefined && !line.omitempty) defaults[key] = zeroOf(line)
      }
    }
    Object.defineProperty(this, 'keyDefaults', { value: defaults })
    return defaults
  }
}

function zeroOf({ element }: Field): string | number | boolean {
  if (element === 'bool') return false
  return element === 'int32' || element === 'int64' || element === 'double' ? 0 : ''
}
