import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { AnyController } from '../../src/controllers/runtime/controller.ts'
import { startCluster } from './cluster.ts'
import type { ClusterOptions, TestCluster } from './cluster.ts'
import type { Tap } from './tapped-client.ts'

export interface CrashScenario {
  /** Fresh controllers: each life of them has its own memory. */
  readonly controllers: () => readonly AnyController[]
  readonly cluster?: ClusterOptions
  /** The state before the controllers begin. */
  readonly arrange: (cluster: TestCluster) => Promise<void>
  /** Which kinds of objects count as written; all but Events, which may be lost with their controller. */
  readonly counts?: (kind: { readonly plural: string }) => boolean
  /** How much virtual time each life gets. */
  readonly lifeMs: number
  /** What must be true in the end, whatever happened. */
  readonly check: (cluster: TestCluster) => Promise<void>
}

/**
 * Runs a scenario once for each write that its controllers make, and cuts them off there: after it was done, but before the
 * answer came; and before the first one was sent. Then they are started anew, and the scenario must end as it
 * would have.
 */
export async function crashAtEveryWrite(t: TestContext, scenario: CrashScenario): Promise<void> {
  const writes = await countWrites(t, scenario)
  assert.ok(writes > 0, 'the scenario has its controllers write something')
  await t.test(`cut off before write 1 of ${writes}`, () => runOnce(scenario, 0, 'before'))
  // Before the next write the world looks just as it does after this one.
  for (let at = 0; at < writes; at++) {
    await t.test(`cut off after write ${at + 1} of ${writes}`, () => runOnce(scenario, at, 'after'))
  }
}

const notEvents = (kind: { readonly plural: string }): boolean => kind.plural !== 'events'

async function countWrites(t: TestContext, scenario: CrashScenario): Promise<number> {
  const { counts = notEvents } = scenario
  let writes = 0
  await using cluster = await startCluster(undefined, scenario.cluster)
  await scenario.arrange(cluster)
  await cluster.restart(scenario.controllers(), { afterWrite: (_verb, kind) => void (writes += counts(kind) ? 1 : 0) })
  await cluster.advance(scenario.lifeMs)
  await t.test('not cut off', () => scenario.check(cluster))
  return writes
}

async function runOnce(scenario: CrashScenario, at: number, moment: 'before' | 'after'): Promise<void> {
  await using cluster = await startCluster(undefined, scenario.cluster)
  await scenario.arrange(cluster)
  const { counts = notEvents } = scenario
  let writes = 0
  let isDead = false
  const cutOff = (when: 'before' | 'after', kind: { readonly plural: string }): void => {
    if (isDead) throw new Error('this process is dead')
    if (!counts(kind) || when !== moment || writes++ !== at) return
    isDead = true
    throw new Error('cut off')
  }
  const tap: Tap = {
    beforeWrite: (_verb, kind) => cutOff('before', kind),
    afterWrite: (_verb, kind) => cutOff('after', kind),
  }
  await cluster.restart(scenario.controllers(), tap)
  await cluster.advance(scenario.lifeMs)
  await cluster.restart(scenario.controllers())
  await cluster.advance(scenario.lifeMs)
  await scenario.check(cluster)
}
