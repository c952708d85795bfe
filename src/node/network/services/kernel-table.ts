import { isWherryError } from '../../../lib/errors.ts'
import type { NftSession } from '../nft-session.ts'
import { runCommand } from '../run-command.ts'
import { commandsFor } from './commands.ts'
import type { ElementChange, Elements } from './elements.ts'
import { diffElements } from './elements.ts'
import { parseListing } from './listing.ts'
import type { Listing } from './listing.ts'
import { layoutOf, ruleset } from './ruleset.ts'
import type { RulesetFacts } from './ruleset.ts'

/** Our table in the kernel. Every change is one transaction: packets see all of it or nothing. */
export class KernelTable {
  readonly #nft: NftSession
  readonly #facts: RulesetFacts
  readonly #layout: string
  #chains = new Set<string>()

  constructor(nft: NftSession, facts: RulesetFacts) {
    this.#nft = nft
    this.#facts = facts
    this.#layout = layoutOf(facts)
  }

  /** What is there now; undefined when the table is missing or was made by other rules than these. */
  async read(): Promise<Listing | undefined> {
    const json = await runCommand('nft', ['-j', 'list', 'table', 'ip', this.#facts.table]).catch((error: unknown) => {
      if (isWherryError(error, 'internal') && error.message.includes('No such file or directory')) return undefined
      throw error
    })
    if (json === undefined) return undefined
    const listing = parseListing(json)
    if (!listing.chains.has(this.#layout)) return undefined
    this.#chains = new Set(listing.chains)
    return listing
  }

  /** Puts the whole table in the place of whatever is there. Connections that are under way keep their way. */
  async replace(elements: Elements): Promise<void> {
    const { table } = this.#facts
    const { commands, newChains } = commandsFor(table, diffElements(new Map(), elements), new Set())
    await this.#nft.run([`add table ip ${table}`, `delete table ip ${table}`, ruleset(this.#facts), ...commands])
    this.#chains = new Set(newChains)
  }

  async apply(changes: readonly ElementChange[]): Promise<void> {
    const { commands, newChains } = commandsFor(this.#facts.table, changes, this.#chains)
    if (commands.length === 0) return
    await this.#nft.run(commands)
    for (const chain of newChains) this.#chains.add(chain)
  }

  /** Throws when somebody has flushed the table away. Costs no more than any change. */
  async check(): Promise<void> {
    await this.#nft.run([`add chain ip ${this.#facts.table} ${this.#layout}`])
  }

  /** Removes elements one by one; those that are gone already are no failure. */
  async forget(map: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#nft.run([`delete element ip ${this.#facts.table} ${map} { ${key} }`]).catch(() => {})
    }
  }

  /** The elements of a map that the kernel fills by itself, as nft's JSON. */
  list(map: string): Promise<string> {
    return runCommand('nft', ['-j', 'list', 'map', 'ip', this.#facts.table, map])
  }
}
