import type { Clock } from '../../../lib/clock.ts'
import { isWherryError } from '../../../lib/errors.ts'
import type { Logger } from '../../../lib/log.ts'
import { runCommand } from '../run-command.ts'

export interface ForwardingOptions {
  /** Links whose packets are to be forwarded. */
  readonly links: readonly string[]
  /** By which our rules are known again. */
  readonly name: string
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 60_000

/**
 * Where something else on the machine forwards nothing but its own (Docker does), makes it let our packets through, and
 * looks again every minute: that something may start later. Resolves after the first look; `ended` after the signal.
 */
export async function keepForwarding(options: ForwardingOptions): Promise<{ readonly ended: Promise<void> }> {
  const { clock, signal } = options
  const keepLooking = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal)
      await ensureForwarding(options)
    }
  }
  await ensureForwarding(options)
  return { ended: keepLooking().catch(() => {}) }
}

async function ensureForwarding({ links, name, log, signal }: ForwardingOptions): Promise<void> {
  try {
    for (const rule of missingRules(await forwardChain(signal), links, name)) {
      await runCommand('nft', ['insert', 'rule', 'ip', 'filter', 'FORWARD', rule], { signal })
    }
  } catch (error) {
    if (!signal.aborted) log.warn('packets of pods may not be forwarded', { error })
  }
}

/** Takes our rules out of the other's chain again. */
export async function stopForwarding(name: string): Promise<void> {
  const chain = await forwardChain()
  for (const handle of ourRules(chain, name)) {
    await runCommand('nft', ['delete', 'rule', 'ip', 'filter', 'FORWARD', 'handle', `${handle}`])
  }
}

interface Item {
  readonly chain?: { readonly policy?: string }
  readonly rule?: { readonly handle: number; readonly comment?: string }
}

async function forwardChain(signal?: AbortSignal): Promise<readonly Item[]> {
  try {
    const json = await runCommand('nft', ['-j', 'list', 'chain', 'ip', 'filter', 'FORWARD'], signal && { signal })
    return (JSON.parse(json) as { readonly nftables: readonly Item[] }).nftables
  } catch (error) {
    if (isWherryError(error, 'internal') && error.message.includes('No such file or directory')) return []
    throw error
  }
}

/** Pure. The rules that a chain needs to let packets of our links through. */
export function missingRules(chain: readonly Item[], links: readonly string[], name: string): readonly string[] {
  const drops = chain.some((item) => item.chain?.policy === 'drop')
  if (!drops || ourRules(chain, name).length > 0) return []
  return links.flatMap((link) => ['iifname', 'oifname'].map((side) => `${side} "${link}" accept comment "${name}"`))
}

/** Pure. The handles of the rules that are ours. */
export function ourRules(chain: readonly Item[], name: string): readonly number[] {
  return chain.flatMap(({ rule }) => (rule?.comment === name ? [rule.handle] : []))
}
