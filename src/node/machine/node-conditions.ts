import type { Node, NodeCondition } from '../../api/core/v1.ts'
import { formatTime } from '../../api/meta/time.ts'
import type { PressureCondition } from '../pressure/shortages.ts'

export interface ConditionFacts {
  readonly short: ReadonlySet<PressureCondition>
  /** What the runtime and its network say they lack; empty when the node can take pods. */
  readonly lacking: readonly string[]
  readonly now: number
  readonly before: Node | undefined
}

/** The conditions that the agent keeps. Pure. */
export function nodeConditions({ short, lacking, now, before }: ConditionFacts): NodeCondition[] {
  const pressure = (type: PressureCondition, yes: readonly [string, string], no: readonly [string, string]): Said => {
    const [reason, message] = short.has(type) ? yes : no
    return { type, status: short.has(type) ? 'True' : 'False', reason, message }
  }
  const said: Said[] = [
    pressure(
      'MemoryPressure',
      ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
      ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ),
    pressure(
      'DiskPressure',
      ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
      ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ),
    pressure(
      'PIDPressure',
      ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
      ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ),
    lacking.length === 0
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: lacking.join(', ') },
  ]
  return said.map((condition) => {
    const old = before?.status.conditions?.find(({ type }) => type === condition.type)
    const since = old?.status === condition.status ? old.lastTransitionTime : undefined
    return { ...condition, lastHeartbeatTime: formatTime(now), lastTransitionTime: since ?? formatTime(now) }
  })
}

type Said = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>
