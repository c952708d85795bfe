import { createHash } from 'node:crypto'
import type { Kind } from '../meta/kind.ts'
import { APIResourceList } from '../meta/v1.ts'
import { BEARER_TOKEN, groupVersionsOf, OBJECT_TYPES, PATCH_TYPES, schemaOfBody } from './documents.ts'
import { capitalized, groupWord, pathsOf, rootOf, tagOf } from './operations.ts'
import type { Operation, PathItem } from './operations.ts'
import type { Parameter } from './parameters.ts'
import { SchemaCollection } from './schemas.ts'
import type { GroupVersion, JsonSchema } from './schemas.ts'
import { producedBy, sortedByKey, STATUS_WORDS } from './v2.ts'

/** The OpenAPI v3 document of one group version: `kinds` are all that are served, of every group. */
export function openApiV3({ group, version }: GroupVersion, kinds: readonly Kind[], serverVersion: string): JsonSchema {
  const schemas = new SchemaCollection('v3', groupVersionsOf(kinds))
  const root = rootOf({ group, version })
  const paths: Record<string, JsonSchema> = {
    [`${root}/`]: {
      get: {
        description: 'The resources of this version.',
        operationId: `get${capitalized(groupWord(group))}${capitalized(version)}APIResources`,
        responses: responsesOf([200], OBJECT_TYPES, schemas.ref(APIResourceList)),
        tags: [tagOf({ group, version })],
      },
    },
  }
  for (const kind of kinds) {
    if (kind.group !== group || kind.version !== version) continue
    for (const item of pathsOf(kind)) paths[item.path] = pathOf(schemas, item)
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: serverVersion },
    paths: sortedByKey(paths),
    components: { schemas: sortedByKey(schemas.schemas), securitySchemes: BEARER_TOKEN },
  }
}

/** The index of the documents: each has a hash in its address, so that clients can keep it. */
export function openApiV3Root(documents: readonly (GroupVersion & { readonly bytes: Uint8Array })[]): JsonSchema {
  const paths = documents.map(({ bytes, ...groupVersion }) => {
    const path = rootOf(groupVersion).slice(1)
    const hash = createHash('sha512').update(bytes).digest('hex').toUpperCase()
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const
  })
  return { paths: Object.fromEntries(paths) }
}

function pathOf(schemas: SchemaCollection, item: PathItem): JsonSchema {
  return {
    ...Object.fromEntries(item.operations.map((one) => [one.method, operationOf(schemas, item, one)])),
    parameters: item.parameters.map(parameterOf),
  }
}

function parameterOf({ description, in: place, name, required, type }: Parameter): JsonSchema {
  return {
    description,
    in: place,
    name,
    ...(required === true ? { required } : {}),
    schema: { type, uniqueItems: true },
  }
}

function operationOf(schemas: SchemaCollection, { tag }: PathItem, operation: Operation): JsonSchema {
  const { request, parameters } = operation
  const types = request?.is === 'patch' ? PATCH_TYPES : ['*/*']
  return {
    description: operation.description,
    operationId: operation.id,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameterOf) }),
    ...(request === undefined
      ? {}
      : {
          requestBody: {
            content: contentOf(types, schemaOfBody(schemas, request)),
            ...(request.is === 'delete-options' ? {} : { required: true }),
          },
        }),
    responses: responsesOf(operation.statuses, producedBy(operation), schemaOfBody(schemas, operation.response)),
    tags: [tag],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  }
}

function responsesOf(
  statuses: readonly number[],
  types: readonly string[],
  schema: JsonSchema | undefined,
): JsonSchema {
  return {
    ...Object.fromEntries(
      statuses.map((status) => [status, { description: STATUS_WORDS[status], content: contentOf(types, schema) }]),
    ),
    401: { description: 'Unauthorized' },
  }
}

function contentOf(types: readonly string[], schema: JsonSchema | undefined): JsonSchema {
  return Object.fromEntries(types.map((type) => [type, { schema }]))
}
