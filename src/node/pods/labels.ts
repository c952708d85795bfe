import type { Pod } from '../../api/core/v1.ts'

/** How the runtime's objects say whose they are: the labels that every Kubernetes tool looks for. */
export const labels = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const

/** What a container carries so that an agent that did not start it can go on with it. */
export const annotations = {
  restartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  gracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
  restartDelayMs: 'wherry.dev/restart-delay-ms',
  image: 'wherry.dev/image',
  resources: 'wherry.dev/resources',
} as const

export function podLabels({ metadata }: Pod): Record<string, string> {
  return {
    [labels.podName]: metadata.name,
    [labels.podNamespace]: metadata.namespace ?? '',
    [labels.podUid]: metadata.uid,
  }
}
