import type { NetworkPolicy } from './v1.ts'

/** A policy that does not say so is about traffic that comes in, and about what goes out if it has rules for that. */
export function networkPolicyDefaults({ spec }: NetworkPolicy): void {
  if ((spec.policyTypes?.length ?? 0) > 0) return
  spec.policyTypes = (spec.egress?.length ?? 0) > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}
