import { isDeepStrictEqual } from 'node:util'
import { Leases } from '../../api/coordination/lease.ts'
import { Nodes } from '../../api/core/node.ts'
import type { Node, NodeCondition, NodeStatus } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { formatMicroTime } from '../../api/meta/time.ts'
import type { WatchCache } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'

export interface RegistrationOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  readonly nodeName: string
  readonly labels: Readonly<Record<string, string>>
  /** This node, as the API shows it. */
  readonly nodes: WatchCache<Node>
  /** What the agent says of the node now. */
  readonly status: (before: Node | undefined) => Promise<Draft<NodeStatus>>
}

const leaseNamespace = 'kube-node-lease'
const leaseSeconds = 40
const leaseEveryMs = 10_000
/** How often the status is looked at, and how often it is written although only its times changed. */
const statusEveryMs = 10_000
const heartbeatEveryMs = 300_000
const retry = { baseMs: 200, maxMs: 10_000 }

/** Makes the node known to the cluster, and keeps saying that it is there and how it is. */
export class Registration {
  readonly #options: RegistrationOptions
  #writtenAt = 0
  #wake: (() => void) | undefined

  constructor(options: RegistrationOptions) {
    this.#options = options
  }

  /** Resolves when the Node is there; goes on until the signal fires. */
  async start(): Promise<void> {
    const { signal, log } = this.#options
    await this.#untilDone('register', () => this.#register())
    const stopped = (error: unknown): void => {
      if (!signal.aborted) log.error('the node stopped reporting', { error })
    }
    this.#keepLease().catch(stopped)
    this.#keepStatus().catch(stopped)
  }

  /** Something about the node changed: it is told at once. */
  look(): void {
    this.#wake?.()
  }

  async #register(): Promise<void> {
    const { client, nodeName, labels, status, clock } = this.#options
    const existing = await client.get(Nodes, { name: nodeName }).catch((error: unknown) => {
      if (isWherryError(error, 'not-found')) return undefined
      throw error
    })
    const said = await status(existing)
    if (existing === undefined) {
      await client.create(Nodes, { metadata: { name: nodeName, labels }, status: said })
    } else {
      const missing = Object.entries(labels).filter(([name, value]) => existing.metadata.labels?.[name] !== value)
      if (missing.length > 0) {
        await client.patch(
          Nodes,
          { name: nodeName },
          { metadata: { labels: Object.fromEntries(missing) } },
          { type: 'merge' },
        )
      }
      await this.#patch(existing, said)
    }
    this.#writtenAt = clock.now()
  }

  async #keepStatus(): Promise<void> {
    const { clock, signal, nodes, nodeName, status } = this.#options
    await nodes.synced()
    // A node that somebody deleted while its agent runs is made again.
    nodes.onChange(({ object }) => {
      if (object === undefined) this.look()
    })
    while (!signal.aborted) {
      await this.#untilDone('report', async () => {
        const node = nodes.get({ name: nodeName })
        if (node === undefined) return await this.#register()
        await this.#patch(node, await status(node))
      })
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await Promise.race([clock.sleep(statusEveryMs, signal).catch(() => {}), woken])
    }
  }

  /** Writes what changed. Times alone are written every five minutes: the lease says more often that the node lives. */
  async #patch(before: Node, said: Draft<NodeStatus>): Promise<void> {
    const { client, clock, nodeName } = this.#options
    const patch: Record<string, unknown> = {}
    for (const key of Object.keys(said) as (keyof NodeStatus)[]) {
      if (key !== 'conditions' && !includes(before.status[key], said[key])) patch[key] = said[key]
    }
    const conditions = said.conditions as NodeCondition[]
    const changed = conditions.some((condition) => {
      const old = before.status.conditions?.find(({ type }) => type === condition.type)
      return old?.status !== condition.status || old.reason !== condition.reason || old.message !== condition.message
    })
    const due = clock.now() - this.#writtenAt >= heartbeatEveryMs
    if (changed || due) patch['conditions'] = conditions
    if (Object.keys(patch).length === 0) return
    await client.patch(Nodes, { name: nodeName }, { status: patch }, { type: 'strategic', subresource: 'status' })
    this.#writtenAt = clock.now()
  }

  async #keepLease(): Promise<void> {
    const { clock, signal } = this.#options
    while (!signal.aborted) {
      await this.#untilDone('lease', () => this.#renewLease())
      await clock.sleep(leaseEveryMs, signal).catch(() => {})
    }
  }

  async #renewLease(): Promise<void> {
    const { client, clock, nodeName, nodes } = this.#options
    const ref = { namespace: leaseNamespace, name: nodeName }
    const renewTime = formatMicroTime(clock.now())
    try {
      await client.patch(Leases, ref, { spec: { renewTime } }, { type: 'merge' })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
      const node = nodes.get({ name: nodeName })
      const owner = node && { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid }
      await client.create(Leases, {
        metadata: { ...ref, ...(owner && { ownerReferences: [owner] }) },
        spec: { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime },
      })
    }
  }

  async #untilDone(what: string, run: () => Promise<void>): Promise<void> {
    const { clock, random, log, signal } = this.#options
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await run()
        return
      } catch (error) {
        if (signal.aborted) return
        if (failures > 2) log.warn('the API did not take what the node says', { what, failures, error })
        await clock.sleep(backoffMs(failures, retry, random), signal).catch(() => {})
      }
    }
  }
}

/** Whether everything in `wanted` is in `known` as well: others may have added to a map. */
function includes(known: unknown, wanted: unknown): boolean {
  if (isPlain(known) && isPlain(wanted))
    return Object.entries(wanted).every(([key, value]) => includes(known[key], value))
  return isDeepStrictEqual(known, wanted)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
