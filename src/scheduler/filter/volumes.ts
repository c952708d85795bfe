import { termJudge } from './node.ts'
import type { Filter, Refusal } from './filter.ts'

/** Claims must be there and bound, and the node must be one that can reach the volume. */
export const volumes: Filter = ({ pod, namespace }, { objects }) => {
  const claims = (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName]
    return volume.ephemeral === undefined ? [] : [`${pod.metadata.name}-${volume.name}`]
  })
  if (claims.length === 0) return undefined
  const refuse = (summary: string, detail: string): Refusal => ({ code: 'Volume', preemptible: false, summary, detail })
  return (node) => {
    for (const name of claims) {
      const claim = objects.claim(namespace, name)
      if (claim === undefined)
        return refuse(`persistentvolumeclaim "${name}" not found`, `its claim \`${name}\` does not exist`)
      if (claim.metadata.deletionTimestamp !== undefined)
        return refuse(`persistentvolumeclaim "${name}" is being deleted`, `its claim \`${name}\` is being deleted`)
      if (!claim.spec.volumeName) {
        if (objects.waitsForConsumer(claim)) continue
        return refuse('pod has unbound immediate PersistentVolumeClaims', `its claim \`${name}\` has no volume yet`)
      }
      const volume = objects.volume(claim.spec.volumeName)
      if (volume === undefined)
        return refuse(
          `persistentvolume "${claim.spec.volumeName}" not found`,
          `volume ${claim.spec.volumeName} of its claim \`${name}\` is gone`,
        )
      const required = volume.spec.nodeAffinity?.required
      if (required === undefined || required.nodeSelectorTerms.some((term) => termJudge(term)(node))) continue
      return refuse('node(s) had volume node affinity conflict', `its claim \`${name}\` lives where this node is not`)
    }
    return undefined
  }
}
