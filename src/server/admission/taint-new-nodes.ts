import { Nodes } from '../../api/core/node.ts'
import type { Node } from '../../api/core/v1.ts'
import type { AdmissionPlugin } from './admission.ts'

const NOT_READY = 'node.kubernetes.io/not-ready'

/** Lets no Pod onto a new node before somebody has seen that it is ready. */
export function taintNewNodes(): AdmissionPlugin {
  return {
    name: 'TaintNodesByCondition',
    handles: ({ operation, kind, target }) => operation === 'CREATE' && kind === Nodes && target.subresource === '',
    mutate({ object }) {
      const node = object as Node
      const { taints = [] } = node.spec
      if (taints.some(({ key, effect }) => key === NOT_READY && effect === 'NoSchedule')) return node
      return { ...node, spec: { ...node.spec, taints: [...taints, { key: NOT_READY, effect: 'NoSchedule' }] } }
    },
  }
}
