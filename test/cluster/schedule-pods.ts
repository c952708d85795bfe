import { sharedCaches } from '../../src/client/caches.ts'
import { runScheduler } from '../../src/scheduler/run-scheduler.ts'
import type { Program } from './cluster.ts'

/** The real scheduler, on the cluster's clock. */
export const schedulePods: Program = (context) => {
  const caches = sharedCaches(context)
  const scheduler = runScheduler({ ...context, caches })
  return { isIdle: () => scheduler.isIdle(), ended: scheduler.ended }
}
