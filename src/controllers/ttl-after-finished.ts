import { Jobs } from '../api/batch/job.ts'
import type { Job } from '../api/batch/v1.ts'
import { parseTime } from '../api/meta/time.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Controller } from './runtime/controller.ts'

/** Deletes a Job a while after its end, when it says for how long it is to stay. */
export const ttlAfterFinishedController: Controller<Job> = {
  name: 'ttl-after-finished',
  component: 'ttl-after-finished-controller',
  owner: Jobs,
  reads: [],
  writes: [Jobs],
  concerns: (job) => job !== undefined && expiresAtMs(job) !== undefined,
  async reconcile(job, cluster) {
    const expiresMs = expiresAtMs(job)
    if (expiresMs === undefined || job.metadata.deletionTimestamp !== undefined) return
    const leftMs = expiresMs - cluster.clock.now()
    if (leftMs > 0) {
      cluster.requeue(leftMs)
      return
    }
    // Its time may have been prolonged a moment ago: what is deleted for good is looked at once more.
    try {
      const fresh = await cluster.client.get(Jobs, job.metadata)
      const freshMs = expiresAtMs(fresh)
      if (fresh.metadata.uid !== job.metadata.uid || freshMs === undefined || freshMs > cluster.clock.now()) return
      cluster.decide(
        job,
        'progress',
        'Expired',
        `it has stayed for ${job.spec.ttlSecondsAfterFinished} s after its end`,
      )
      const { resourceVersion } = fresh.metadata
      await cluster.remove(Jobs, fresh, { propagationPolicy: 'Foreground', preconditions: { resourceVersion } })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
  },
}

/** When the Job is to go, in milliseconds; undefined when it stays. */
function expiresAtMs({ spec, status }: Job): number | undefined {
  const end = status.conditions?.find(
    ({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True',
  )
  if (spec.ttlSecondsAfterFinished === undefined || end?.lastTransitionTime === undefined) return undefined
  return parseTime(end.lastTransitionTime) + spec.ttlSecondsAfterFinished * 1000
}
