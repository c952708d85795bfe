import { MutatingAdmissionPolicies } from '../../../api/admissionregistration/mutating-admission-policy.ts'
import { MutatingAdmissionPolicyBindings } from '../../../api/admissionregistration/mutating-admission-policy-binding.ts'
import { ValidatingAdmissionPolicies } from '../../../api/admissionregistration/validating-admission-policy.ts'
import { ValidatingAdmissionPolicyBindings } from '../../../api/admissionregistration/validating-admission-policy-binding.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import type { KindRegistry } from '../../../api/meta/registry.ts'
import type { Authorizer } from '../../authz/permit.ts'
import type { AdmissionPlugin, ObjectReader } from '../admission.ts'
import { policyHooks } from './hooks.ts'
import { isExempt, matchesResources } from './match.ts'

export interface PolicyParts {
  readonly reader: ObjectReader
  /** Whom expressions ask what somebody may do. */
  readonly authorizer: Authorizer
  /** Every kind that is served, for settings of policies. */
  readonly kinds: () => KindRegistry
}

/** Refuses what the expressions of a ValidatingAdmissionPolicy do not accept. */
export function validatingPolicies(parts: PolicyParts): AdmissionPlugin {
  const hooks = policyHooks(parts.reader, ValidatingAdmissionPolicies, ValidatingAdmissionPolicyBindings)
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: (attempt) => hooks().length > 0 && !isExempt(attempt),
    async validate(attempt) {
      const matching = hooks().filter(({ policy }) =>
        matchesResources(policy.spec.matchConstraints, attempt, parts.reader),
      )
      if (matching.length === 0) return
      // Loaded when first needed: most clusters have no policies.
      const { validateBy } = await import('./validating.ts')
      await validateBy(matching, attempt, parts)
    },
  }
}

/** Changes objects as the expressions of a MutatingAdmissionPolicy say. */
export function mutatingPolicies(parts: PolicyParts): AdmissionPlugin {
  const hooks = policyHooks(parts.reader, MutatingAdmissionPolicies, MutatingAdmissionPolicyBindings)
  return {
    name: 'MutatingAdmissionPolicy',
    handles: (attempt) => hooks().length > 0 && attempt.object !== undefined && !isExempt(attempt),
    mutate(attempt) {
      const matching = hooks().filter(({ policy }) =>
        matchesResources(policy.spec.matchConstraints, attempt, parts.reader),
      )
      if (matching.length === 0) return attempt.object!
      return import('./mutating.ts').then(({ mutateBy }): Promise<KubeObject> => mutateBy(matching, attempt, parts))
    },
  }
}
