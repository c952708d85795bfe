import { Pods } from '../../src/api/core/pod.ts'
import { openWatchCache } from '../../src/client/watch-cache.ts'
import { nodeOf } from '../../src/controllers/daemon-set/plan.ts'
import { isWherryError } from '../../src/lib/errors.ts'
import type { Program } from './cluster.ts'

/** Binds Pods that fit only one node to it: as much of a scheduler as daemons need. */
export const bindDaemons: Program = ({ client, clock, random, log, signal }) => {
  let busy = 0
  const cache = openWatchCache(Pods, {}, { client, clock, random, log, signal })
  cache.onChange(({ object: pod }) => {
    if (pod === undefined || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return
    const name = nodeOf(pod)
    if (name === undefined) return
    busy++
    void client
      .createSubresource(Pods, pod.metadata, 'binding', { target: { kind: 'Node', name } })
      .catch((error) => {
        if (!isWherryError(error, 'conflict', 'not-found')) throw error
      })
      .finally(() => busy--)
  })
  return { isIdle: () => busy === 0, ended: Promise.resolve() }
}
