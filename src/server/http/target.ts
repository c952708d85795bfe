import { WherryError } from '../../lib/errors.ts'
import type { Kind } from '../../api/meta/kind.ts'
import type { PathTarget, ResourceTarget, Target, Verb } from '../request.ts'

/** A target before anybody has looked up its kind. */
export type Address = Omit<ResourceTarget, 'kind'> | PathTarget

/** Splits what stands in a request line at its first question mark. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?')
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) }
}

/**
 * Reads what a request is aimed at from its method, its path (as it was sent, with its escapes) and its query. Throws
 * `bad-request` for names that could become another path, and `method-not-allowed` for methods that mean nothing here.
 */
export function readAddress(method: string, path: string, query: URLSearchParams): Address {
  const [, root, ...segments] = path.split('/')
  if (root !== 'api' && root !== 'apis') return pathTarget(method, path)
  const slashAtEnd = segments.at(-1) === ''
  if (slashAtEnd) segments.pop()
  const prefixLength = root === 'api' ? 1 : 2
  if (segments.length <= prefixLength) return pathTarget(method, path)
  const group = root === 'api' ? '' : decode(segments[0]!, 'group')
  const version = decode(segments[prefixLength - 1]!, 'version')
  const { watching, parts } = withoutLegacyWatch(segments.slice(prefixLength))
  const place = readPlace(parts, slashAtEnd ? '/' : '')
  const verb = verbOf(method, place, watching, query)
  const fieldSelector = SELECTING.has(verb) ? query.get('fieldSelector') : null
  const name = place.name === '' ? nameOfSelector(fieldSelector) : place.name
  return { resource: true, verb, group, version, ...place, name, path, ...(fieldSelector && { fieldSelector }) }
}

/** Adds the kind. */
export function aim(address: Address, kind: Kind | undefined): Target {
  return address.resource ? { ...address, kind } : address
}

function pathTarget(method: string, path: string): PathTarget {
  for (const segment of path.split('/')) {
    const plain = decode(segment, 'path')
    if (plain === '.' || plain === '..')
      throw new WherryError('bad-request', `the path ${JSON.stringify(path)} may not have "${plain}" in it`)
  }
  return {
    resource: false,
    verb: method.toLowerCase(),
    path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
  }
}

/** `/api/v1/watch/namespaces/default/pods`: an old way to ask for a watch that clients may still use. */
function withoutLegacyWatch(parts: readonly string[]): {
  readonly watching: boolean
  readonly parts: readonly string[]
} {
  const watching = parts[0] === 'watch' && parts.length > 1
  return { watching, parts: watching ? parts.slice(1) : parts }
}

type Place = Pick<ResourceTarget, 'namespace' | 'plural' | 'name' | 'subresource' | 'rest'>

/** Subresources of a namespace; all else below it is a resource in that namespace. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

function readPlace(parts: readonly string[], end: string): Place {
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2]!)
  const own = inNamespace ? parts.slice(2) : parts
  const [plural = '', name = '', subresource = '', ...rest] = own
  const decodedName = name === '' ? '' : pathName(name, 'Name')
  const ofNamespace = !inNamespace && plural === 'namespaces'
  return {
    namespace: inNamespace ? pathName(parts[1]!, 'Namespace') : ofNamespace ? decodedName : '',
    plural: decode(plural, 'resource'),
    name: decodedName,
    subresource: decode(subresource, 'subresource'),
    rest: subresource === '' ? '' : (rest.length > 0 ? '/' + rest.join('/') : '') + end,
  }
}

/** Decodes a name and refuses what may not stand in a path. Whether it is a good name is for the kind to say. */
function pathName(segment: string, what: string): string {
  const name = decode(segment, what)
  const problem = pathProblem(name)
  if (problem !== undefined) {
    throw new WherryError('bad-request', `${what} parameter invalid: ${JSON.stringify(name)}: ${problem}`)
  }
  return name
}

/** Why a name cannot be a segment of a path, or undefined. */
export function pathProblem(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`
  if (name.includes('/')) return `may not contain '/'`
  if (name.includes('%')) return `may not contain '%'`
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'may not contain control characters'
  return undefined
}

function decode(segment: string, what: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new WherryError('bad-request', `the ${what} ${JSON.stringify(segment)} has an escape that is no character`)
  }
}

const VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

function verbOf(method: string, place: Place, watching: boolean, query: URLSearchParams): Verb {
  // Only what is passed on to others may ask what can be done: it changes nothing there.
  const verb = method === 'OPTIONS' && place.subresource === 'proxy' ? 'get' : VERBS[method]
  if (verb === undefined)
    throw new WherryError('method-not-allowed', 'the server does not allow this method on the requested resource')
  if (verb === 'get' && (watching || (place.subresource === '' && isTrue(query.get('watch'))))) return 'watch'
  if (place.name !== '') return verb
  if (verb === 'get') return 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** How Go reads a boolean parameter; an empty value, as in `?watch`, is true. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value)
}

const SELECTING: ReadonlySet<Verb> = new Set(['list', 'watch', 'deletecollection'])

/** A list of the one object that a field selector names is authorized like that object. */
export function nameOfSelector(fieldSelector: string | null): string {
  const match = /^metadata\.name==?([^,=!\\]+)$/.exec(fieldSelector ?? '')
  return match !== null && pathProblem(match[1]!) === undefined ? match[1]! : ''
}
