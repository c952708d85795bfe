import { Pods } from '../../api/core/pod.ts'
import type { Pod, Toleration } from '../../api/core/v1.ts'
import type { AdmissionPlugin } from './admission.ts'
import { withSpec } from './pods.ts'

const SECONDS = 300

/** Lets a Pod stay for five minutes on a node that is lost, unless it says something else of that. */
export function defaultTolerationSeconds(): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    handles: ({ operation, kind, target }) =>
      (operation === 'CREATE' || operation === 'UPDATE') && kind === Pods && target.subresource === '',
    mutate({ object }) {
      const pod = object as Pod
      const { tolerations = [] } = pod.spec
      const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
        (key) => !tolerations.some((one) => covers(one, key)),
      )
      if (missing.length === 0) return pod
      return withSpec(pod, { tolerations: [...tolerations, ...missing.map(forAWhile)] })
    },
  }
}

function covers({ key = '', effect = 'NoExecute' }: Toleration, taint: string): boolean {
  return (key === '' || key === taint) && effect === 'NoExecute'
}

function forAWhile(key: string): Toleration {
  return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }
}
