/** The groups that are served by default, in the order in which `/apis` lists them; newest version first. */
export const servedGroups: readonly {
  readonly group: string
  readonly folder: string
  readonly versions: readonly string[]
}[] = [
  { group: '', folder: 'core', versions: ['v1'] },
  { group: 'apiregistration.k8s.io', folder: 'apiregistration', versions: ['v1'] },
  { group: 'apps', folder: 'apps', versions: ['v1'] },
  { group: 'events.k8s.io', folder: 'events', versions: ['v1'] },
  { group: 'authentication.k8s.io', folder: 'authentication', versions: ['v1'] },
  { group: 'authorization.k8s.io', folder: 'authorization', versions: ['v1'] },
  { group: 'autoscaling', folder: 'autoscaling', versions: ['v2', 'v1'] },
  { group: 'batch', folder: 'batch', versions: ['v1'] },
  { group: 'certificates.k8s.io', folder: 'certificates', versions: ['v1'] },
  { group: 'networking.k8s.io', folder: 'networking', versions: ['v1'] },
  { group: 'policy', folder: 'policy', versions: ['v1'] },
  { group: 'rbac.authorization.k8s.io', folder: 'rbac', versions: ['v1'] },
  { group: 'storage.k8s.io', folder: 'storage', versions: ['v1'] },
  { group: 'admissionregistration.k8s.io', folder: 'admissionregistration', versions: ['v1'] },
  { group: 'apiextensions.k8s.io', folder: 'apiextensions', versions: ['v1'] },
  { group: 'scheduling.k8s.io', folder: 'scheduling', versions: ['v1'] },
  { group: 'coordination.k8s.io', folder: 'coordination', versions: ['v1'] },
  { group: 'node.k8s.io', folder: 'node', versions: ['v1'] },
  { group: 'discovery.k8s.io', folder: 'discovery', versions: ['v1'] },
  { group: 'resource.k8s.io', folder: 'resource', versions: ['v1'] },
  { group: 'flowcontrol.apiserver.k8s.io', folder: 'flowcontrol', versions: ['v1'] },
]

/** Packages whose messages the product speaks without serving resources of them. */
const spoken: Readonly<Record<string, string>> = {
  'k8s.io.apimachinery.pkg.apis.meta.v1': 'meta/v1.ts',
  'k8s.io.api.admission.v1': 'admission/v1.ts',
  'k8s.io.api.apidiscovery.v2': 'apidiscovery/v2.ts',
  'k8s.io.metrics.pkg.apis.metrics.v1beta1': 'metrics/v1beta1.ts',
}

/** Where the tables of a protobuf package are kept below src/api, or undefined when the product does not know them. */
export function fileOf(pkg: {
  readonly proto: string
  readonly group: string
  readonly version: string
}): string | undefined {
  const file = spoken[pkg.proto]
  if (file !== undefined) return file
  const group = servedGroups.find((one) => one.group === pkg.group)
  return group?.versions.includes(pkg.version) && !pkg.proto.includes('apimachinery')
    ? `${group.folder}/${pkg.version}.ts`
    : undefined
}

/** `HorizontalPodAutoscaler` becomes `horizontal-pod-autoscaler`, `CSIDriver` `csi-driver`. */
export function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2').toLowerCase()
}

/** The name of a kind's handle: its plural as it would be written in a sentence of types. */
export function handleName(kind: string, plural: string): string {
  const lower = kind.toLowerCase()
  if (plural.startsWith(lower)) return kind + plural.slice(lower.length)
  return `${kind.slice(0, -1)}ies`
}
