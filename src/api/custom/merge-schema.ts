import type { ListSchema, MergeSchema } from '../../lib/patch/merge-schema.ts'
import { unknownSchema } from '../../lib/patch/merge-schema.ts'
import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { mergeSchemaOf } from '../meta/patch/merge-schema-of.ts'
import { ObjectMeta } from '../meta/v1.ts'
import { itemSchema } from './prune.ts'

const cache = new WeakMap<JSONSchemaProps, MergeSchema>()

/** How objects of a schema are merged; a whole one has metadata of its own. */
export function mergeSchemaOfProps(schema: JSONSchemaProps, isWhole = false): MergeSchema {
  let merge = cache.get(schema)
  if (merge === undefined) cache.set(schema, (merge = make(schema, isWhole)))
  return merge
}

const TEXT: MergeSchema = { scalar: 'string' }

function make(schema: JSONSchemaProps, isWhole: boolean): MergeSchema {
  switch (schema.type) {
    case 'string':
      return TEXT
    case 'boolean':
      return { scalar: 'boolean' }
    case 'integer':
    case 'number':
      return { scalar: 'number' }
    case 'array':
      return { list: listOf(schema) }
    case 'object': {
      const { properties = {}, additionalProperties } = schema
      const isEmbedded = isWhole || schema['x-kubernetes-embedded-resource'] === true
      const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
      return {
        map: {
          atomic: schema['x-kubernetes-map-type'] === 'atomic',
          field(name) {
            if (isEmbedded && name === 'metadata') return mergeSchemaOf(ObjectMeta)
            if (isEmbedded && (name === 'kind' || name === 'apiVersion')) return TEXT
            return Object.hasOwn(properties, name) ? mergeSchemaOfProps(properties[name]!) : undefined
          },
          element:
            typeof additionalProperties === 'object'
              ? mergeSchemaOfProps(additionalProperties)
              : preserves
                ? unknownSchema
                : undefined,
        },
      }
    }
    default:
      return schema['x-kubernetes-int-or-string'] === true ? { scalar: 'any' } : unknownSchema
  }
}

function listOf(schema: JSONSchemaProps): ListSchema {
  const items = itemSchema(schema)
  const listType = schema['x-kubernetes-list-type']
  const keys = listType === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []).toSorted() : []
  const keyDefaults: Record<string, string | number | boolean> = {}
  for (const key of keys) {
    const value = items?.properties?.[key]?.default
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') keyDefaults[key] = value
  }
  return {
    items: listType === 'set' || listType === 'map' ? listType : 'atomic',
    element: items === undefined ? unknownSchema : mergeSchemaOfProps(items),
    keys,
    keyDefaults,
  }
}
