/**
 * Which groups and versions clients see first, as the reference server has them (v1.36, its table of API services): the
 * priority of the group, then those of its versions.
 */
const BUILT_IN: Readonly<Record<string, readonly [number, Readonly<Record<string, number>>]>> = {
  '': [18_000, { v1: 1 }],
  apps: [17_800, { v1: 15 }],
  'events.k8s.io': [17_750, { v1: 15 }],
  'authentication.k8s.io': [17_700, { v1: 15 }],
  'authorization.k8s.io': [17_600, { v1: 15 }],
  autoscaling: [17_500, { v2: 30, v1: 15 }],
  batch: [17_400, { v1: 15 }],
  'certificates.k8s.io': [17_300, { v1: 15 }],
  'networking.k8s.io': [17_200, { v1: 15 }],
  policy: [17_100, { v1: 15 }],
  'rbac.authorization.k8s.io': [17_000, { v1: 15 }],
  'storage.k8s.io': [16_800, { v1: 15 }],
  'admissionregistration.k8s.io': [16_700, { v1: 15 }],
  'apiextensions.k8s.io': [16_700, { v1: 15 }],
  'scheduling.k8s.io': [16_600, { v1: 15 }],
  'coordination.k8s.io': [16_500, { v1: 15 }],
  'node.k8s.io': [16_300, { v1: 15 }],
  'discovery.k8s.io': [16_200, { v1: 15 }],
  'resource.k8s.io': [16_200, { v1: 21 }],
  'flowcontrol.apiserver.k8s.io': [16_100, { v1: 21 }],
}

/** The group of APIServices itself, which no APIService stands for: it is always the first. */
export const REGISTRATION = 'apiregistration.k8s.io'
const REGISTRATION_PRIORITY = 20_001

/** Custom resources come after everything that is built in; their versions are told apart by their names. */
const CUSTOM = { group: 1000, version: 100 }

export interface Priority {
  readonly group: number
  readonly version: number
}

/** Where a version of a group that this server answers for stands among all. */
export function localPriority(group: string, version: string): Priority {
  if (group === REGISTRATION) return { group: REGISTRATION_PRIORITY, version: 1 }
  const known = BUILT_IN[group]
  return known === undefined ? CUSTOM : { group: known[0], version: known[1][version] ?? 9 }
}
