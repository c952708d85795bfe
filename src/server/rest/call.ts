import type { ApiRequest } from '../api-server.ts'
import type { Identity } from '../authn/identity.ts'
import type { ResourceTarget } from '../request.ts'
import type { BodyKind, Incoming } from './incoming.ts'
import { decodeIncoming, readIncoming, readValue } from './incoming.ts'
import type { IncomingPatch } from './patch.ts'
import { patchTypeOf } from './patch.ts'
import { badRequest } from './refusals.ts'

/** One request for a resource, wherever it comes from. */
export interface Call {
  readonly identity: Identity
  readonly target: ResourceTarget
  readonly query: URLSearchParams
  readonly body: Body
  /** Who the fields that it sets belong to, when it does not say so itself. */
  readonly userAgent: string
  readonly warn: (message: string) => void
  /** The request with its bytes; absent for a caller in this process. */
  readonly request?: ApiRequest
}

/** What comes with a request, read when it is needed. */
export interface Body {
  object(kind: BodyKind): Promise<Incoming>
  patch(): Promise<IncomingPatch>
  /** DeleteOptions; undefined when nothing was sent. */
  options(): Promise<unknown>
}

/** A body that arrives as bytes. */
export function bytesBody(request: ApiRequest): Body {
  const contentType = header(request, 'content-type')
  return {
    object: async (kind) => readIncoming(kind, await nonEmpty(request), contentType),
    async patch() {
      const type = patchTypeOf(contentType)
      const format = type === 'apply' ? 'application/yaml' : 'application/json'
      const bytes = await nonEmpty(request)
      // JSON is YAML, too, and much faster to read as what it is.
      const { value, problems } = await readValue(bytes, bytes[0] === OPENING_BRACE ? 'application/json' : format)
      return { type, value, problems }
    },
    async options() {
      const bytes = await request.body()
      if (bytes.length === 0) return undefined
      if (contentType?.startsWith('application/vnd.kubernetes.protobuf') === true) {
        const [{ decodeProtobuf }, { DeleteOptions }] = await Promise.all([
          import('../../api/meta/protobuf.ts'),
          import('../../api/meta/v1.ts'),
        ])
        return decodeProtobuf(DeleteOptions, bytes)
      }
      return (await readValue(bytes, contentType)).value
    },
  }
}

const OPENING_BRACE = 123

/** A body that a caller in this process hands over; it is copied. */
export function valueBody(value: unknown, patchType: IncomingPatch['type'] | undefined): Body {
  return {
    object: async (kind) => decodeIncoming(kind, value),
    async patch() {
      if (patchType === undefined) throw badRequest('the type of the patch is missing')
      return { type: patchType, value: structuredClone(value), problems: [] }
    },
    options: async () => value,
  }
}

async function nonEmpty(request: ApiRequest): Promise<Buffer> {
  const bytes = await request.body()
  if (bytes.length === 0) throw badRequest('the request needs a body')
  return bytes
}

export function header({ headers }: Pick<ApiRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
