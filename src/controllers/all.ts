import { cronJobController } from './cron-job.ts'
import { deploymentController } from './deployment.ts'
import { endpointSliceMirroringController } from './endpoint-slice-mirroring.ts'
import { endpointSliceController } from './endpoint-slice.ts'
import { endpointsController } from './endpoints.ts'
import { garbageCollector } from './garbage-collector.ts'
import { jobController, jobPodController } from './job.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'
import { podGarbageCollector } from './pod-gc.ts'
import { replicaSetController } from './replica-set.ts'
import { replicationControllerController } from './replication-controller.ts'
import { rootCaController } from './root-ca.ts'
import type { AnyController } from './runtime/controller.ts'
import { serviceAccountController } from './service-account.ts'
import { taintEvictionController } from './taint-eviction.ts'
import { ttlAfterFinishedController } from './ttl-after-finished.ts'

export interface AllControllersOptions {
  /** The certificate, in PEM, by which Pods know the API server. */
  readonly rootCa: string
  /** The addresses of all Pods, and how long the prefix of a node's part of them is. */
  readonly clusterCidr: string
  readonly nodeMask: number
}

/** Every controller of the control plane, each with a memory of its own: call it once for each run. */
export function allControllers({ rootCa, clusterCidr, nodeMask }: AllControllersOptions): readonly AnyController[] {
  return [
    cronJobController,
    deploymentController,
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
    replicaSetController,
    replicationControllerController,
    rootCaController(rootCa),
    serviceAccountController,
    taintEvictionController(),
    ttlAfterFinishedController,
  ]
}
