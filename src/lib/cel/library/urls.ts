import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { BOOL, listOf, mapOf, opaque, STRING } from '../types.ts'
import type { Type } from '../types.ts'
import { EntryMap, Opaque } from '../values.ts'
import type { Value } from '../values.ts'
import { traversal } from './cost.ts'

const URL_TYPE = opaque('kubernetes.URL')

interface Parts {
  readonly scheme: string
  readonly user: string
  readonly host: string
  readonly path: string
  readonly query: string
  readonly fragment: string
}

class UrlValue extends Opaque {
  readonly type: Type = URL_TYPE
  readonly parts: Parts

  constructor(parts: Parts) {
    super()
    this.parts = parts
  }

  equals(other: Opaque): boolean {
    return other instanceof UrlValue && JSON.stringify(other.parts) === JSON.stringify(this.parts)
  }
}

/** Reads an absolute URL or an absolute path, and changes nothing in it; or says what is wrong. */
function parseUrl(text: string): Parts | string {
  const fails = (why: string): string => `parse ${JSON.stringify(text)}: ${why}`
  if (text === '') return fails('empty url')
  // oxlint-disable-next-line no-control-regex -- these make no URL
  if (/[\x00-\x1f\x7f]/.test(text)) return fails('net/url: invalid control character in URL')
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(text)!
  if (scheme === '' && !rest.startsWith('/')) return fails('invalid URI for request')
  if (scheme !== '' && !rest.startsWith('/')) return fails('invalid URI for request')
  const [, authority, path = '', query = '', fragment = ''] =
    /^(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(rest)!
  if (/%(?![0-9a-fA-F]{2})/.test(path))
    return fails(
      `invalid URL escape ${JSON.stringify(/%.{0,2}/s.exec(path.slice(path.search(/%(?![0-9a-fA-F]{2})/)))![0])}`,
    )
  const [, user = '', host = ''] = /^(?:(.*)@)?(.*)$/s.exec(authority ?? '')!
  const problem = hostProblem(host)
  if (problem !== undefined) return fails(problem)
  return { scheme: scheme.toLowerCase(), user, host, path, query, fragment }
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[')) {
    if (!host.includes(']')) return "missing ']' in host"
    const port = host.slice(host.lastIndexOf(']') + 1)
    return /^(?::\d*)?$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`
  }
  const at = host.indexOf(':')
  if (at >= 0 && !/^:\d*$/.test(host.slice(at)))
    return `invalid port ${JSON.stringify(host.slice(host.lastIndexOf(':')))} after host`
  const odd = /[\s<>"\\^`{}|]/.exec(host)
  return odd === null ? undefined : `invalid character ${JSON.stringify(odd[0])} in host name`
}

/** Where a URL points; also what `format.uri()` asks. */
export function urlProblem(text: string): string | undefined {
  const parts = parseUrl(text)
  return typeof parts === 'string' ? parts : undefined
}

const partsOf = (value: Value): Parts => (value as UrlValue).parts

export function urlLibrary(): Functions {
  return new FunctionTable()
    .global(
      'url',
      'string_to_url',
      [STRING],
      URL_TYPE,
      ([text]) => {
        const parts = parseUrl(text as string)
        if (typeof parts === 'string') throw new EvalError(`URL parse error during conversion from string: ${parts}`)
        return new UrlValue(parts)
      },
      traversal(),
    )
    .global(
      'isURL',
      'is_url_string',
      [STRING],
      BOOL,
      ([text]) => typeof parseUrl(text as string) !== 'string',
      traversal(),
    )
    .member('getScheme', 'url_get_scheme', [URL_TYPE], STRING, ([url]) => partsOf(url).scheme)
    .member('getHost', 'url_get_host', [URL_TYPE], STRING, ([url]) => partsOf(url).host)
    .member('getHostname', 'url_get_hostname', [URL_TYPE], STRING, ([url]) => splitHost(partsOf(url).host)[0])
    .member('getPort', 'url_get_port', [URL_TYPE], STRING, ([url]) => splitHost(partsOf(url).host)[1])
    .member('getEscapedPath', 'url_get_escaped_path', [URL_TYPE], STRING, ([url]) => escapePath(partsOf(url).path))
    .member('getQuery', 'url_get_query', [URL_TYPE], mapOf(STRING, listOf(STRING)), ([url]) =>
      queryOf(partsOf(url).query),
    ).functions
}

function splitHost(host: string): readonly [string, string] {
  const [, bracketed, plain = '', port = ''] = /^(?:\[(.*)\]|([^:]*))(?::(.*))?$/s.exec(host) ?? []
  return [bracketed ?? plain, port]
}

/** Characters that stand for themselves in a path stay, the others are written as bytes. */
function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~!$&'()*+,;=:@/%[\]]/gu, (one) => encodeURIComponent(one.toWellFormed()))
}

function queryOf(text: string): EntryMap {
  const lists = new Map<string, string[]>()
  for (const [key, value] of new URLSearchParams(text)) {
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [value])
    else list.push(value)
  }
  const map = new EntryMap()
  for (const [key, values] of lists) map.add(key, values)
  return map
}
