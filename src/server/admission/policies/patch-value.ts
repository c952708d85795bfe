import { EvalError } from '../../../lib/cel/errors.ts'
import { adapt, Mapping, StructValue, toJson } from '../../../lib/cel/values.ts'
import type { Value } from '../../../lib/cel/values.ts'
import { showPath } from '../../../lib/patch/field-set.ts'
import { isObject } from '../../../lib/patch/json.ts'
import type { JsonObject } from '../../../lib/patch/json.ts'
import { itemElement } from '../../../lib/patch/merge-schema.ts'
import type { MergeSchema } from '../../../lib/patch/merge-schema.ts'

/** Parts of an object whose type is not called as the fields that lead there. */
export function misnamedParts(value: Value, path = 'Object'): string[] {
  const own = adapt(value)
  if (Array.isArray(own)) return own.flatMap((item) => misnamedParts(item, path))
  if (!(own instanceof Mapping)) return []
  const isStruct = own instanceof StructValue
  const wrong =
    isStruct && own.type.name !== path
      ? [
          `unexpected type name ${JSON.stringify(own.type.name)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`,
        ]
      : []
  const inner = [...own.keys()].flatMap((key) => {
    return misnamedParts(own.get(key), isStruct ? `${path}.${String(key)}` : path)
  })
  return [...wrong, ...inner]
}

/** A value as JSON; throws an EvalError for what JSON cannot say. */
export function jsonOf(value: Value): JsonObject {
  const json = toJson(value)
  if (!isObject(json)) throw new EvalError('unsupported return type from ApplyConfiguration expression')
  return json
}

/** An operation of a JSON patch. */
export interface PatchOperation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/** The operations of a list of `JSONPatch{…}`. */
export function operationsOf(value: Value): PatchOperation[] {
  if (!Array.isArray(value)) {
    throw new EvalError('type mismatch: JSONPatchType.expression should evaluate to array')
  }
  return value.map((item: Value) => {
    if (!(item instanceof StructValue)) {
      throw new EvalError('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch')
    }
    const { fields } = item
    const operand = fields.get('value')
    const misnamed = operand instanceof StructValue ? misnamedParts(operand, operand.type.name) : []
    if (misnamed.length > 0) throw new EvalError(`type mismatch: ${misnamed.join('\n')}`)
    const text = (name: string): string => String(fields.get(name) ?? '')
    return {
      op: text('op'),
      path: text('path'),
      ...(text('from') === '' ? {} : { from: text('from') }),
      ...(operand === undefined ? {} : { value: toJson(operand) }),
    }
  })
}

/** Paths of what would be replaced as a whole, although a change only means to add to it. */
export function atomicParts(value: unknown, schema: MergeSchema, path: readonly string[] = []): string[] {
  if (Array.isArray(value) && schema.list !== undefined) {
    const { list } = schema
    const own = list.items === 'atomic' ? [showPath(path)] : []
    const inner = value.flatMap((item, i) => {
      return atomicParts(item, list.element, [...path, itemElement(list, item) ?? `i:${i}`])
    })
    return [...own, ...inner]
  }
  if (!isObject(value) || schema.map === undefined) return []
  const { map } = schema
  const own = map.atomic ? [showPath(path)] : []
  const inner = Object.keys(value).flatMap((key) => {
    return atomicParts(value[key], map.field(key) ?? map.element ?? {}, [...path, `f:${key}`])
  })
  return [...own, ...inner]
}
