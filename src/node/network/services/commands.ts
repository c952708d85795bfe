import { mergeChanges } from './elements.ts'
import type { ElementChange } from './elements.ts'
import { poolChain, SETS } from './ruleset.ts'

/**
 * Pure. The commands of one transaction that makes the changes. `chains` are the pool chains that are there; the names of
 * those that the commands add are put into it by the caller once the transaction is through.
 */
export function commandsFor(
  table: string,
  changes: readonly ElementChange[],
  chains: ReadonlySet<string>,
): { readonly commands: readonly string[]; readonly newChains: readonly string[] } {
  const removals = new Map<string, string[]>()
  const additions = new Map<string, string[]>()
  const newChains = new Set<string>()
  for (const { map, key, before, after } of mergeChanges(changes)) {
    if (before !== undefined) push(removals, map, key)
    if (after === undefined) continue
    push(additions, map, map in SETS ? key : `${key} : ${after}`)
    const chain = /^goto (spread|stick)-/.test(after) ? after.slice('goto '.length) : undefined
    if (chain !== undefined && !chains.has(chain)) newChains.add(chain)
  }
  const commands = [
    ...[...newChains].flatMap((chain) => poolChain(table, chain)),
    ...Array.from(removals, ([map, keys]) => `delete element ip ${table} ${map} { ${keys.join(', ')} }`),
    ...Array.from(additions, ([map, items]) => `add element ip ${table} ${map} { ${items.join(', ')} }`),
  ]
  return { commands, newChains: [...newChains] }
}

function push(lists: Map<string, string[]>, name: string, item: string): void {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [item])
  else list.push(item)
}
