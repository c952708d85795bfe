import type { Node, NodeCondition } from '../../api/core/v1.ts'
import { formatTime } from '../../api/meta/time.ts'
import type { Pressure } from './machine.ts'

export interface ConditionFacts {
  readonly pressure: Pressure
  /** What the runtime and its network say they lack; empty when the node can take pods. */
  readonly lacking: readonly string[]
  readonly now: number
  readonly before: Node | undefined
}

/** The limits below which a node says that it is short, as everywhere in Kubernetes. */
const memoryBytesMin = 100 << 20
const diskShareMin = 0.1
const inodeShareMin = 0.05
const processesMin = 100

/** The conditions that the agent keeps. Pure. */
export function nodeConditions({ pressure, lacking, now, before }: ConditionFacts): NodeCondition[] {
  const disk =
    pressure.diskAvailableBytes < pressure.diskBytes * diskShareMin ||
    (pressure.inodes > 0 && pressure.inodesFree < pressure.inodes * inodeShareMin)
  const said: Said[] = [
    short(
      'MemoryPressure',
      pressure.memoryAvailableBytes < memoryBytesMin,
      ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
      ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ),
    short(
      'DiskPressure',
      disk,
      ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
      ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ),
    short(
      'PIDPressure',
      pressure.processesFree < processesMin,
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

function short(
  type: Said['type'],
  isShort: boolean,
  yes: readonly [string, string],
  no: readonly [string, string],
): Said {
  const [reason, message] = isShort ? yes : no
  return { type, status: isShort ? 'True' : 'False', reason, message }
}
