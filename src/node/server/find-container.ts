import { WherryError } from '../../lib/errors.ts'
import { podContainer } from '../pods/containers.ts'
import { containersNamed } from '../pods/observed.ts'
import type { ObservedContainer } from '../pods/observed.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { PodWorker } from '../pods/pod-worker.ts'

/** The worker of a pod of this node; throws when there is none. */
export function findPod(manager: PodManager, namespace: string, name: string): PodWorker {
  const worker = manager.find(namespace, name)
  if (worker === undefined)
    throw new WherryError('not-found', `pod ${JSON.stringify(`${name}_${namespace}`)} not found`)
  return worker
}

/** The container whose log is asked for; throws with the reason why there is none. */
export function containerWithLog({ pod, observed }: PodWorker, name: string, previous: boolean): ObservedContainer {
  const podName = pod.metadata.name
  if (podContainer(pod, name) === undefined) {
    throw new WherryError('bad-request', `container ${name} is not valid for pod ${podName}`)
  }
  const [last, before] = containersNamed(observed, name).filter(({ startedAt }) => startedAt !== undefined)
  if (!previous && last !== undefined) return last
  // What waits to be started again has its last run behind it.
  const present = containersNamed(observed, name)[0]
  const ended = present?.state === 'exited' && before === undefined && present.attempt > 0 ? present : before
  if (previous && ended !== undefined) return ended
  if (previous)
    throw new WherryError(
      'bad-request',
      `previous terminated container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)} not found`,
    )
  const statuses = [
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.ephemeralContainerStatuses ?? []),
  ]
  const waiting = statuses.find((status) => status.name === name)?.state.waiting
  const why = waiting?.reason ?? 'ContainerCreating'
  const words = /ErrImage|ImagePull|InvalidImage/.test(why) ? 'trying and failing to pull image' : why
  throw new WherryError(
    'bad-request',
    `container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)} is waiting to start: ${words}`,
  )
}

/** The running container of a name; throws when it does not run. */
export function runningContainer({ pod, observed }: PodWorker, name: string): ObservedContainer {
  const container = containersNamed(observed, name).find(({ state }) => state === 'running')
  if (container !== undefined) return container
  throw new WherryError(
    'not-found',
    `container not found (${JSON.stringify(name)}) or not running in pod ${JSON.stringify(pod.metadata.name)}`,
  )
}
