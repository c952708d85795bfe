import { DaemonSets } from '../api/apps/daemon-set.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import { StatefulSets } from '../api/apps/stateful-set.ts'
import { CronJobs } from '../api/batch/cron-job.ts'
import { Jobs } from '../api/batch/job.ts'
import { ConfigMaps } from '../api/core/config-map.ts'
import { PersistentVolumeClaims } from '../api/core/persistent-volume-claim.ts'
import { Pods } from '../api/core/pod.ts'
import { ReplicationControllers } from '../api/core/replication-controller.ts'
import { ResourceQuotas } from '../api/core/resource-quota.ts'
import { Secrets } from '../api/core/secret.ts'
import { ServiceAccounts } from '../api/core/service-account.ts'
import { Services } from '../api/core/service.ts'
import type { Kind } from '../api/meta/kind.ts'
import { Ingresses } from '../api/networking/ingress.ts'
import type { KeyPair } from '../lib/pki.ts'
import { certificateSigningController } from './certificate-signing.ts'
import { clusterRoleAggregationController } from './cluster-role-aggregation.ts'
import { cronJobController } from './cron-job.ts'
import { daemonSetController } from './daemon-set.ts'
import { deploymentController } from './deployment.ts'
import { disruptionController, staleDisruptionController } from './disruption.ts'
import { endpointSliceMirroringController } from './endpoint-slice-mirroring.ts'
import { endpointSliceController } from './endpoint-slice.ts'
import { endpointsController } from './endpoints.ts'
import { garbageCollector } from './garbage-collector.ts'
import { jobController, jobPodController } from './job.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'
import { podGarbageCollector } from './pod-gc.ts'
import { policyTypeCheckingController } from './policy-type-checking.ts'
import { replicaSetController } from './replica-set.ts'
import { replicationControllerController } from './replication-controller.ts'
import { resourceQuotaController } from './resource-quota.ts'
import { rootCaController } from './root-ca.ts'
import type { AnyController } from './runtime/controller.ts'
import { serviceAccountController } from './service-account.ts'
import { statefulSetController } from './stateful-set.ts'
import { taintEvictionController } from './taint-eviction.ts'
import { ttlAfterFinishedController } from './ttl-after-finished.ts'

export interface AllControllersOptions {
  /** The cluster's own: Pods know the API server by its certificate, and it signs what users and nodes ask for. */
  readonly authority: KeyPair
  /** By which names and addresses clients know the API server. */
  readonly serverNames?: readonly string[]
  /** The addresses of all Pods, and how long the prefix of a node's part of them is. */
  readonly clusterCidr: string
  readonly nodeMask: number
}

/** What quotas usually count. */
const COUNTED: readonly Kind<any>[] = [
  Pods,
  Services,
  PersistentVolumeClaims,
  ConfigMaps,
  Secrets,
  ServiceAccounts,
  ResourceQuotas,
  ReplicationControllers,
  Deployments,
  ReplicaSets,
  StatefulSets,
  DaemonSets,
  Jobs,
  CronJobs,
  Ingresses,
]

/** Every controller of the control plane, each with a memory of its own: call it once for each run. */
export function allControllers(options: AllControllersOptions): readonly AnyController[] {
  const { authority, clusterCidr, nodeMask } = options
  return [
    certificateSigningController(options),
    clusterRoleAggregationController,
    cronJobController,
    daemonSetController(),
    deploymentController,
    disruptionController(),
    endpointSliceController,
    endpointSliceMirroringController,
    endpointsController,
    garbageCollector,
    jobController,
    jobPodController,
    namespaceController(),
    nodeIpamController({ clusterCidr, nodeMask }),
    nodeLifecycleController(),
    podGarbageCollector,
    policyTypeCheckingController,
    replicaSetController,
    replicationControllerController,
    resourceQuotaController({ counted: COUNTED }),
    rootCaController(authority.certificate),
    serviceAccountController,
    staleDisruptionController,
    statefulSetController,
    taintEvictionController(),
    ttlAfterFinishedController,
  ]
}
