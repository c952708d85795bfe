import type { ElementChange } from './elements.ts'
import { parseMap } from './listing.ts'
import { STICKY_CLIENTS } from './ruleset.ts'

/** Pure. The numbers of sticky targets that are gone by these changes. */
export function goneStickyIds(changes: readonly ElementChange[]): readonly string[] {
  return changes.filter(({ map, after }) => map === 'sticky_targets' && after === undefined).map(({ key }) => key)
}

/** Pure. The keys of the clients that are remembered for a target that is gone; `json` is nft's listing of the map. */
export function staleClients(json: string, goneIds: readonly string[]): readonly string[] {
  const gone = new Set(goneIds)
  const clients = parseMap(json, STICKY_CLIENTS)
  return [...clients].filter(([, stickyId]) => gone.has(stickyId)).map(([client]) => client)
}
