import { ReplicaSets } from '../api/apps/replica-set.ts'
import { replicasController } from './replicas.ts'

/** Creates and removes Pods until each ReplicaSet has as many as it asks for. */
export const replicaSetController = replicasController({
  name: 'replica-set',
  component: 'replicaset-controller',
  kind: ReplicaSets,
  selectorOf: (rs) => rs.spec.selector!,
  templateOf: (rs) => rs.spec.template,
})
