import type { JSONSchemaProps } from '../apiextensions/v1.ts'

type JsonSchema = Record<string, unknown>

/** The schema of a custom kind as clients see it: with what every object has, and marked as the kind that it is. */
export function publishedSchema(
  schema: JSONSchemaProps | undefined,
  kind: { readonly group: string; readonly version: string; readonly kind: string },
  form: 'v2' | 'v3',
  metadata: object,
): JsonSchema {
  const marks = { 'x-kubernetes-group-version-kind': [{ group: kind.group, kind: kind.kind, version: kind.version }] }
  if (schema === undefined) return { type: 'object', ...marks }
  // A client of the second form would refuse all that the schema does not name.
  if (form === 'v2' && schema['x-kubernetes-preserve-unknown-fields'] === true) return { type: 'object', ...marks }
  const own = form === 'v2' ? withoutThirdForm(schema) : (schema as JsonSchema)
  const { properties = {} } = own as { properties?: JsonSchema }
  return {
    ...own,
    properties: { ...properties, ...typeProperties(), metadata: { description: METADATA, ...metadata } },
    ...marks,
  }
}

const METADATA = "Standard object's metadata: its name, its owners, and what else all objects have."

function typeProperties(): JsonSchema {
  return {
    apiVersion: {
      description: 'APIVersion defines the version of the API for which this object is written.',
      type: 'string',
    },
    kind: { description: 'Kind is what this object is, in a word.', type: 'string' },
  }
}

/** The second form knows neither alternatives nor null nor defaults, and takes what is not said of a field to be absent. */
function withoutThirdForm(schema: JSONSchemaProps): JsonSchema {
  const { oneOf: _1, anyOf: _2, allOf: _3, not: _4, nullable, default: _5, properties, items, ...rest } = schema
  const { additionalProperties, ...plain } = rest
  const result: JsonSchema = { ...plain }
  if (nullable === true || schema['x-kubernetes-int-or-string'] === true) delete result['type']
  if (nullable === true) return result
  if (schema['x-kubernetes-preserve-unknown-fields'] === true && schema.type === 'object' && properties !== undefined) {
    // Below, clients would refuse what the server keeps.
    return result
  }
  if (properties !== undefined) {
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, withoutThirdForm(one)]),
    )
  }
  if (items !== undefined && !Array.isArray(items)) result['items'] = withoutThirdForm(items)
  if (typeof additionalProperties === 'object') result['additionalProperties'] = withoutThirdForm(additionalProperties)
  else if (additionalProperties === true) result['additionalProperties'] = true
  return result
}
