import { ReplicationControllers } from '../api/core/replication-controller.ts'
import { replicasController } from './replicas.ts'

/** The older relative of ReplicaSets, with a selector that is only a map. */
export const replicationControllerController = replicasController({
  name: 'replication-controller',
  component: 'replication-controller',
  kind: ReplicationControllers,
  selectorOf: (rc) => ({ matchLabels: rc.spec.selector ?? {} }),
  templateOf: (rc) => rc.spec.template,
})
