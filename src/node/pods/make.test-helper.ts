import { Pods } from '../../api/core/pod.ts'
import type { Container, Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import type { ObservedContainer } from './observed.ts'

/** A pod for tests: whatever is not given is as the server would default it. */
export function makePod(
  spec: Draft<Pod['spec']> = {},
  metadata: Draft<Pod['metadata']> = {},
  status: Draft<Pod['status']> = {},
): Pod {
  const withDefaults = (container: Draft<Container>): Draft<Container> => ({
    image: 'image',
    resources: {},
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...container,
  })
  return {
    apiVersion: Pods.apiVersion,
    kind: Pods.kind,
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'u-1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 1,
      ...metadata,
    },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      nodeName: 'node-1',
      ...spec,
      initContainers: spec.initContainers?.map(withDefaults) ?? [],
      containers: (spec.containers ?? [{ name: 'app' }]).map(withDefaults),
      ephemeralContainers: spec.ephemeralContainers?.map(withDefaults) ?? [],
    },
    status,
  } as Pod
}

/** A container that runs in sandbox `s1`, unless said otherwise. */
export function makeContainer(name: string, given: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: `${name}-${given.attempt ?? 0}`,
    name,
    sandboxId: 's1',
    state: 'running',
    attempt: 0,
    createdAt: 1_000_000,
    startedAt: 1_000_000,
    finishedAt: undefined,
    exitCode: 0,
    reason: '',
    message: '',
    image: 'image',
    imageId: 'sha256:1',
    wantedImage: 'image',
    restartDelayMs: 0,
    resources: undefined,
    logPath: '',
    ...given,
  }
}
