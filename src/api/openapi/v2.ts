import type { Kind } from '../meta/kind.ts'
import { APIGroup, APIGroupList, APIResourceList, APIVersions } from '../meta/v1.ts'
import type { Message } from '../meta/schema.ts'
import { BEARER_TOKEN, groupVersionsOf, OBJECT_TYPES, PATCH_TYPES, schemaOfBody, WATCH_TYPES } from './documents.ts'
import { capitalized, groupWord, pathsOf, rootOf, tagOf } from './operations.ts'
import type { Operation, PathItem } from './operations.ts'
import type { Parameter } from './parameters.ts'
import { SchemaCollection } from './schemas.ts'
import type { JsonSchema } from './schemas.ts'

/** The OpenAPI v2 document of all these kinds. */
export function openApiV2(kinds: readonly Kind[], serverVersion: string): JsonSchema {
  const versions = groupVersionsOf(kinds)
  const schemas = new SchemaCollection('v2', versions)
  const paths: Record<string, JsonSchema> = {
    '/api/': discovery(schemas, APIVersions, 'getCoreAPIVersions', 'core', 'The versions of the core group.'),
    '/apis/': discovery(schemas, APIGroupList, 'getAPIVersions', 'apis', 'The groups with their versions.'),
  }
  for (const { group, version } of versions) {
    const name = capitalized(groupWord(group))
    if (group !== '') {
      paths[`/apis/${group}/`] = discovery(
        schemas,
        APIGroup,
        `get${name}APIGroup`,
        groupWord(group),
        'The versions of the group.',
      )
    }
    paths[`${rootOf({ group, version })}/`] = discovery(
      schemas,
      APIResourceList,
      `get${name}${capitalized(version)}APIResources`,
      tagOf({ group, version }),
      'The resources of this version.',
    )
  }
  for (const kind of kinds) for (const item of pathsOf(kind)) paths[item.path] = pathOf(schemas, item)
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: serverVersion },
    paths: sortedByKey(paths),
    definitions: sortedByKey(schemas.schemas),
    securityDefinitions: BEARER_TOKEN,
    security: [{ BearerToken: [] }],
  }
}

export function sortedByKey<T>(object: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function discovery(
  schemas: SchemaCollection,
  message: Message,
  id: string,
  tag: string,
  description: string,
): JsonSchema {
  return {
    get: {
      consumes: OBJECT_TYPES,
      description,
      operationId: id,
      produces: OBJECT_TYPES,
      responses: { 200: { description: 'OK', schema: schemas.ref(message) }, 401: { description: 'Unauthorized' } },
      schemes: ['https'],
      tags: [tag],
    },
  }
}

function pathOf(schemas: SchemaCollection, item: PathItem): JsonSchema {
  return {
    ...Object.fromEntries(item.operations.map((one) => [one.method, operationOf(schemas, item, one)])),
    parameters: item.parameters.map(parameterOf),
  }
}

function parameterOf({ description, in: place, name, required, type }: Parameter): JsonSchema {
  return { description, in: place, name, ...(required === true ? { required } : {}), type, uniqueItems: true }
}

function operationOf(schemas: SchemaCollection, { tag }: PathItem, operation: Operation): JsonSchema {
  const { request, response, statuses } = operation
  const body =
    request === undefined
      ? []
      : [
          {
            in: 'body',
            name: 'body',
            ...(request.is === 'delete-options' ? {} : { required: true }),
            schema: schemaOfBody(schemas, request),
          },
        ]
  const schema = schemaOfBody(schemas, response)
  return {
    consumes: request?.is === 'patch' ? PATCH_TYPES : ['*/*'],
    description: operation.description,
    operationId: operation.id,
    parameters: [...body, ...operation.parameters.map(parameterOf)],
    produces: producedBy(operation),
    responses: {
      ...Object.fromEntries(statuses.map((status) => [status, { description: STATUS_WORDS[status], schema }])),
      401: { description: 'Unauthorized' },
    },
    schemes: ['https'],
    tags: [tag],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  }
}

/** The media types of answers. */
export function producedBy({ response, watches }: Operation): readonly string[] {
  if (response.is === 'anything') return ['*/*']
  if (response.is === 'text') return ['text/plain', ...OBJECT_TYPES]
  return watches === true ? [...OBJECT_TYPES, ...WATCH_TYPES] : OBJECT_TYPES
}

export const STATUS_WORDS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' }
