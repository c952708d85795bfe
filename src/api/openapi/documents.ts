import { Scale } from '../autoscaling/v1.ts'
import { TokenRequest } from '../authentication/v1.ts'
import { Binding } from '../core/v1.ts'
import type { Kind } from '../meta/kind.ts'
import type { Message } from '../meta/schema.ts'
import { DeleteOptions, Status } from '../meta/v1.ts'
import { Eviction } from '../policy/v1.ts'
import type { Body } from './operations.ts'
import type { GroupVersion, JsonSchema, SchemaCollection } from './schemas.ts'

/** Kinds that only subresources speak. */
const NAMED: readonly Message[] = [Binding, Eviction, Scale, TokenRequest]

/** The schema of a body; undefined for one that nothing is known of. */
export function schemaOfBody(schemas: SchemaCollection, body: Body): JsonSchema | undefined {
  switch (body.is) {
    case 'object':
      return schemas.ref(body.kind.message)
    case 'list':
      return schemas.refToList(body.kind)
    case 'named': {
      const { name, group, version } = body
      const message = NAMED.find((one) => one.name === name && one.group === group && one.version === version)
      return message === undefined ? { type: 'object' } : schemas.ref(message)
    }
    case 'patch':
      return schemas.refToPatch()
    case 'delete-options':
      return schemas.ref(DeleteOptions)
    case 'status':
      return schemas.ref(Status)
    default:
      return { type: 'string' }
  }
}

/** The group versions of kinds, in the order in which they come first. */
export function groupVersionsOf(kinds: readonly Kind[]): GroupVersion[] {
  const seen = new Map(kinds.map(({ group, version }) => [`${group}/${version}`, { group, version }]))
  return [...seen.values()]
}

export const OBJECT_TYPES: readonly string[] = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
]

export const WATCH_TYPES: readonly string[] = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
]

export const PATCH_TYPES: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** What documents say about how to prove who one is. */
export const BEARER_TOKEN = {
  BearerToken: {
    description: 'A token of a ServiceAccount or of somebody else.',
    in: 'header',
    name: 'authorization',
    type: 'apiKey',
  },
}
