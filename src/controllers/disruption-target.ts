import type { Pod, PodCondition } from '../api/core/v1.ts'
import { formatTime } from '../api/meta/time.ts'
import { withoutCondition } from './conditions.ts'
import { podCondition } from './pods.ts'

/** The conditions of a Pod with the one that says why it is about to be ended from outside. */
export function disruptionTarget(pod: Pod, reason: string, message: string, nowMs: number): PodCondition[] {
  const old = podCondition(pod, 'DisruptionTarget')
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: (old?.status === 'True' && old.lastTransitionTime) || formatTime(nowMs),
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
  }
  return [...withoutCondition(pod.status.conditions, 'DisruptionTarget'), condition]
}
