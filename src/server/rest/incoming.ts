import { decodeObject, strictDecodingError } from '../../api/meta/decode.ts'
import { apiVersionOf } from '../../api/meta/kind.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Message } from '../../api/meta/schema.ts'
import { resetsManagedFields } from '../../api/meta/patch/track-update.ts'
import { decodeRaw, openEnvelope } from '../../api/meta/protobuf.ts'
import { WherryError } from '../../lib/errors.ts'
import { duplicateKeys, mayRepeatKeys } from '../../lib/json-duplicates.ts'
import { bodyFormat } from '../http/negotiate.ts'
import type { FieldValidation } from './options.ts'
import { badRequest } from './refusals.ts'

/** What bodies of a request are: objects of a kind, or of a message that is no resource, such as Scale. */
export type BodyKind<T extends KubeObject = KubeObject> = Pick<Kind<T>, 'kind' | 'version' | 'apiVersion' | 'message'>

export function bodyKind<T extends KubeObject>(message: Message<T>): BodyKind<T> {
  return { kind: message.name, version: message.version, apiVersion: apiVersionOf(message), message }
}

/** An object as a client sent it, read by the table of its kind. Nobody else has it: it may be changed. */
export interface Incoming {
  readonly object: KubeObject
  /** What a strict reader complains about: unknown and doubled fields. */
  readonly problems: readonly string[]
  /** The client has asked to forget all owners of fields. */
  readonly resetsOwners: boolean
  /** The managedFields are right already: a server-side apply has worked them out. */
  readonly isTracked?: boolean
}

/** Reads a body in whatever format it is; throws `bad-request` for what is no object of this kind. */
export async function readIncoming(kind: BodyKind, body: Buffer, contentType: string | undefined): Promise<Incoming> {
  if (bodyFormat(contentType) === 'protobuf') {
    if (kind.message.dynamic === undefined) return readProtobuf(kind, body)
    throw new WherryError('unsupported-media-type', 'objects of custom resources have no form in protobuf')
  }
  const { value, problems } = await readValue(body, contentType)
  return decodeIncoming(kind, value, problems)
}

/** The JSON value of a body in JSON or YAML, and the keys that stand in it twice. */
export async function readValue(
  body: Buffer,
  contentType: string | undefined,
): Promise<{ readonly value: unknown; readonly problems: readonly string[] }> {
  const format = bodyFormat(contentType)
  const text = body.toString()
  if (format === 'yaml') {
    const { parseYamlWithDuplicates } = await import('../../lib/yaml.ts')
    const { value, duplicates } = parseYamlWithDuplicates(text)
    return { value, problems: duplicates }
  }
  const value = parseJson(text)
  const doubled = mayRepeatKeys(text, value) ? duplicateKeys(text) : []
  return { value, problems: doubled.map((path) => `duplicate field ${JSON.stringify(path)}`) }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new WherryError('bad-request', `the body of the request is no JSON: ${(cause as Error).message}`, { cause })
  }
}

/** Reads a JSON value that is in this process already. It is copied. */
export function decodeIncoming(kind: BodyKind, value: unknown, before: readonly string[] = []): Incoming {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`the body of the request is no object: a ${kind.kind} was expected`)
  }
  const { object, problems } = decodeObject(kind.message, value)
  return {
    object: named(kind, object),
    problems: before.length === 0 ? problems : [...problems, ...before],
    resetsOwners: resetsManagedFields(value),
  }
}

function readProtobuf(kind: BodyKind, body: Buffer): Incoming {
  const { apiVersion, kind: name, raw } = openEnvelope(body)
  const object: KubeObject = Object.assign({ kind: name, apiVersion }, decodeRaw(kind.message, raw))
  return { object: named(kind, object), problems: [], resetsOwners: false }
}

/** The object with the kind and apiVersion that were expected; throws when it says others. */
function named(kind: BodyKind, object: KubeObject): KubeObject {
  const { apiVersion, kind: name } = object as Partial<KubeObject>
  if (name === kind.kind && apiVersion === kind.apiVersion) return object
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== kind.apiVersion) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`,
    )
  }
  if (name !== undefined && name !== '' && name !== kind.kind) {
    throw badRequest(`${name} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`)
  }
  // Stored bytes begin with these two, so they have to come first.
  const type = { kind: kind.kind, apiVersion: kind.apiVersion }
  return Object.assign({ ...type }, object, type)
}

/** Does with problems what the client asked for: refuse, warn, or nothing. */
export function answerProblems(
  kind: BodyKind,
  problems: readonly string[],
  validation: FieldValidation,
  warn: (message: string) => void,
): void {
  if (problems.length === 0 || validation === 'Ignore') return
  if (validation === 'Warn') {
    for (const problem of problems) warn(problem)
    return
  }
  throw badRequest(
    `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${strictDecodingError(problems)}`,
  )
}
