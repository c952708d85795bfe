import { podSpecDefaults } from '../core/pod-defaults.ts'
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from './v1.ts'

/** What a Deployment leaves out. */
export function deploymentDefaults({ spec }: Deployment): void {
  podSpecDefaults(spec.template.spec)
  const { strategy } = spec
  if (strategy.type !== 'RollingUpdate') return
  strategy.rollingUpdate ??= {}
  strategy.rollingUpdate.maxUnavailable ??= '25%'
  strategy.rollingUpdate.maxSurge ??= '25%'
}

/** What a ReplicaSet leaves out. */
export function replicaSetDefaults({ spec }: ReplicaSet): void {
  podSpecDefaults(spec.template.spec)
}

/** What a DaemonSet leaves out. */
export function daemonSetDefaults({ spec }: DaemonSet): void {
  podSpecDefaults(spec.template.spec)
  const { updateStrategy } = spec
  if (updateStrategy.type !== 'RollingUpdate') return
  updateStrategy.rollingUpdate ??= {}
  updateStrategy.rollingUpdate.maxUnavailable ??= 1
  updateStrategy.rollingUpdate.maxSurge ??= 0
}

/** What a StatefulSet leaves out. */
export function statefulSetDefaults({ spec }: StatefulSet): void {
  podSpecDefaults(spec.template.spec)
  // The claims of the template are kept as objects of their own, which they will become.
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1'
    claim.kind ??= 'PersistentVolumeClaim'
  }
  const { updateStrategy } = spec
  if (updateStrategy.type !== 'RollingUpdate') return
  updateStrategy.rollingUpdate ??= {}
  updateStrategy.rollingUpdate.partition ??= 0
}
