/**
 * A fixed selection of short tests over all areas, for CI: each ends within seconds on a cluster that works.
 * Full names without their tags, since the order of tags moves between releases.
 */
export const QUICK: readonly string[] = [
  '[sig-api-machinery] Discovery should validate PreferredVersion for each APIGroup',
  '[sig-api-machinery] server version should find the server version',
  '[sig-api-machinery] Servers with support for Table transformation should return a 406 for a backend which does not implement metadata',
  '[sig-api-machinery] Watchers should observe add, update, and delete watch notifications on configmaps',
  '[sig-api-machinery] CustomResourceDefinition resources Simple CustomResourceDefinition creating/deleting custom resource definition objects works',
  '[sig-api-machinery] FieldValidation should detect unknown and duplicate fields of a typed object',
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated.',
  '[sig-apps] ReplicationController should serve a basic image on each replica with a public image',
  '[sig-apps] ReplicaSet should serve a basic image on each replica with a public image',
  '[sig-apps] Deployment RollingUpdateDeployment should delete old pods and create new ones',
  '[sig-apps] Job should delete a job',
  '[sig-architecture] Conformance Tests should have at least two untainted nodes',
  '[sig-auth] ServiceAccounts should mount an API token into pods',
  '[sig-auth] SubjectReview should support SubjectReview API operations',
  '[sig-cli] Kubectl client Kubectl version should check is all data is printed',
  '[sig-cli] Kubectl client Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info',
  '[sig-instrumentation] Events should manage the lifecycle of an event',
  '[sig-network] DNS should provide DNS for services',
  '[sig-network] Services should serve a basic endpoint from pods',
  '[sig-network] EndpointSlice should support creating EndpointSlice API operations',
  '[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: http',
  '[sig-node] Pods should get a host IP',
  '[sig-node] Pods should support remote command execution over websockets',
  '[sig-node] Probing container with readiness probe that fails should never be ready and never restart',
  '[sig-node] Downward API should provide pod name, namespace and IP address as env vars',
  '[sig-node] Containers should use the image defaults if command and args are blank',
  '[sig-node] InitContainer should invoke init containers on a RestartNever pod',
  '[sig-scheduling] LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied.',
  '[sig-storage] EmptyDir volumes volume on tmpfs should have the correct mode',
  '[sig-storage] ConfigMap should be consumable from pods in volume',
  '[sig-storage] Projected combined should project all components that make up the projection API',
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with secret pod',
]

/** A test's name without tags such as `[Conformance]`; the SIG stays. */
export function withoutTags(name: string): string {
  return name.replaceAll(/ \[[A-Z][^\]]*\]/g, '')
}
