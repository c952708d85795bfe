import { WherryError } from '../../../lib/errors.ts'
import type { Elements } from './elements.ts'
import { MAPS, SETS } from './ruleset.ts'

/** What a table holds, as `nft -j list table` told it. */
export interface Listing {
  readonly elements: Elements
  readonly chains: ReadonlySet<string>
}

const PROTOCOLS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '132': 'sctp' }

/** Pure. Reads nft's JSON; throws `internal` when it is not what nft 1.0 writes. */
export function parseListing(json: string): Listing {
  const elements = new Map<string, Map<string, string>>()
  const chains = new Set<string>()
  const { nftables } = JSON.parse(json) as { readonly nftables: readonly Item[] }
  for (const { chain, map, set } of nftables) {
    if (chain !== undefined) chains.add(chain.name)
    const collection = map ?? set
    if (collection === undefined || !(collection.name in MAPS || collection.name in SETS)) continue
    const found = elementsIn(collection, map !== undefined)
    if (found.size > 0) elements.set(collection.name, found)
  }
  return { elements, chains }
}

/** Pure. The elements of one map, from nft's JSON. */
export function parseMap(json: string, name: string): ReadonlyMap<string, string> {
  const { nftables } = JSON.parse(json) as { readonly nftables: readonly Item[] }
  const found = nftables.find(({ map }) => map?.name === name)?.map
  return found === undefined ? new Map() : elementsIn(found, true)
}

interface Collection {
  readonly name: string
  readonly type: string | readonly string[]
  readonly elem?: readonly unknown[]
}

interface Item {
  readonly chain?: { readonly name: string }
  readonly map?: Collection
  readonly set?: Collection
}

function elementsIn(collection: Collection, hasValues: boolean): Map<string, string> {
  const found = new Map<string, string>()
  for (const element of collection.elem ?? []) {
    if (!hasValues) found.set(keyText(collection, element), '')
    else if (Array.isArray(element)) found.set(keyText(collection, element[0]), valueText(element[1]))
    else throw unexpected(element)
  }
  return found
}

function keyText({ type }: Collection, element: unknown): string {
  const parts = partsOf(element)
  const types = typeof type === 'string' ? [type] : type
  return parts.map((part, index) => (types[index] === 'inet_proto' ? (PROTOCOLS[part] ?? part) : part)).join(' . ')
}

function partsOf(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (isRecord(value)) {
    if (Array.isArray(value.concat)) return value.concat.flatMap(partsOf)
    // An element with an annotation of its own.
    if (isRecord(value.elem)) return partsOf(value.elem.val)
    if (isRecord(value.prefix)) return [`${String(value.prefix.addr)}/${String(value.prefix.len)}`]
    if (Array.isArray(value.range)) return [value.range.join('-')]
  }
  throw unexpected(value)
}

function valueText(value: unknown): string {
  if (isRecord(value)) {
    if (isRecord(value.goto)) return `goto ${String(value.goto.target)}`
    if ('drop' in value) return 'drop'
  }
  return partsOf(value).join(' . ')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unexpected(value: unknown): WherryError {
  return new WherryError('internal', `nft listed an element in an unknown form: ${JSON.stringify(value)}`)
}
