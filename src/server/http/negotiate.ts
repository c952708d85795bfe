import { WherryError } from '../../lib/errors.ts'

export type Format = 'json' | 'yaml' | 'protobuf'

/** What a client wants to see: the objects, rows about them, or their metadata alone. */
export type View = 'object' | 'table' | 'metadata'

/** How an answer is to be written. */
export interface Representation {
  readonly format: Format
  readonly view: View
  /** Of the group meta.k8s.io, for tables and metadata. */
  readonly viewVersion: 'v1' | 'v1beta1'
  readonly pretty: boolean
}

export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
}

const FORMATS: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
}

/** What is answered when nobody asks for anything else. */
export const PLAIN_JSON: Representation = { format: 'json', view: 'object', viewVersion: 'v1', pretty: false }

/** Clients send a handful of different headers; what they mean is worked out once. */
const known = new Map<string, Representation | undefined>()
const KNOWN_MAX = 256

/**
 * The first representation that the client accepts and the server has; throws `not-acceptable`. Objects of custom
 * resources have no form in protobuf, only what is told of them in tables and metadata has.
 */
export function negotiate(accept: string | undefined, pretty: boolean, isCustom = false): Representation {
  const found = accept === undefined || accept === '' ? PLAIN_JSON : lookUp(accept, isCustom)
  if (found === undefined) {
    const types = isCustom ? [MEDIA_TYPES.json, MEDIA_TYPES.yaml] : Object.values(MEDIA_TYPES)
    throw new WherryError('not-acceptable', `only the following media types are accepted: ${types.join(', ')}`)
  }
  return pretty && found.format === 'json' ? { ...found, pretty } : found
}

function lookUp(accept: string, isCustom: boolean): Representation | undefined {
  const key = isCustom ? `custom ${accept}` : accept
  if (known.has(key)) return known.get(key)
  const found = choose(accept, isCustom)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, found)
  return found
}

function choose(accept: string, isCustom: boolean): Representation | undefined {
  const ranges = accept.split(',').map(readRange)
  // Sorting is stable: ranges of one quality stay in the client's order.
  for (const { type, parameters, quality } of ranges.toSorted((a, b) => b.quality - a.quality)) {
    const format = FORMATS[type]
    if (format === undefined || quality === 0) continue
    const view = viewOf(parameters)
    if (isCustom && format === 'protobuf' && view?.view === 'object') continue
    // Tables have no form in protobuf.
    if (view !== undefined && !(view.view === 'table' && format === 'protobuf'))
      return { format, pretty: parameters.get('pretty') === '1', ...view }
  }
  return undefined
}

function viewOf(parameters: ReadonlyMap<string, string>): Pick<Representation, 'view' | 'viewVersion'> | undefined {
  const as = parameters.get('as')
  if (as === undefined) return { view: 'object', viewVersion: 'v1' }
  const version = parameters.get('v')
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  if (as === 'Table') return { view: 'table', viewVersion: version }
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { view: 'metadata', viewVersion: version }
  }
  return undefined
}

interface Range {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** One media type with its parameters. */
export function readRange(text: string): Range {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map<string, string>()
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim())
  }
  const quality = Number(parameters.get('q') ?? 1)
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality }
}

/** The format of a body; throws `unsupported-media-type` for one that nobody reads. */
export function bodyFormat(contentType: string | undefined): Format {
  if (contentType === undefined || contentType === '' || contentType === 'application/json') return 'json'
  const format = FORMATS[readRange(contentType).type]
  if (format !== undefined) return format
  throw new WherryError(
    'unsupported-media-type',
    'the body of the request was in an unknown format - accepted media types include: ' +
      Object.values(MEDIA_TYPES).join(', '),
  )
}

/** People who look with a browser or with curl get line breaks. */
export function wantsPretty(pretty: string | null, userAgent: string | undefined): boolean {
  if (pretty !== null) return pretty !== 'false' && pretty !== '0'
  return userAgent !== undefined && /^(curl|Wget|Mozilla)\//.test(userAgent)
}
