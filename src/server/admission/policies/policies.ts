import { MutatingAdmissionPolicies } from '../../../api/admissionregistration/mutating-admission-policy.ts'
import { MutatingAdmissionPolicyBindings } from '../../../api/admissionregistration/mutating-admission-policy-binding.ts'
import { ValidatingAdmissionPolicies } from '../../../api/admissionregistration/validating-admission-policy.ts'
import { ValidatingAdmissionPolicyBindings } from '../../../api/admissionregistration/validating-admission-policy-binding.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import type { KindRegistry } from '../../../api/meta/registry.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import type { Authorizer } from '../../authz/permit.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from '../admission.ts'
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

/**
 * Changes objects as the expressions of a MutatingAdmissionPolicy say. The second plug-in belongs behind all others that
 * change objects: it lets those policies look again that asked for it, when somebody has changed what they left.
 */
export function mutatingPolicies(parts: PolicyParts): readonly [AdmissionPlugin, AdmissionPlugin] {
  const hooks = policyHooks(parts.reader, MutatingAdmissionPolicies, MutatingAdmissionPolicyBindings)
  /** What policies have left, by the options of the request: each write has some of its own. */
  const left = new WeakMap<object, KubeObject>()
  const run = async (matching: ReturnType<typeof hooks>, attempt: Attempt): Promise<KubeObject> => {
    // Loaded when first needed: most clusters have no policies.
    const { mutateBy } = await import('./mutating.ts')
    const object = await mutateBy(matching, attempt, parts)
    left.set(attempt.options, object)
    return object
  }
  const matchingOf = (attempt: Attempt): ReturnType<typeof hooks> =>
    hooks().filter(({ policy }) => matchesResources(policy.spec.matchConstraints, attempt, parts.reader))
  return [
    {
      name: 'MutatingAdmissionPolicy',
      handles: (attempt) => hooks().length > 0 && attempt.object !== undefined && !isExempt(attempt),
      mutate(attempt) {
        const matching = matchingOf(attempt)
        return matching.length === 0 ? attempt.object! : run(matching, attempt)
      },
    },
    {
      name: 'MutatingAdmissionPolicy',
      handles: (attempt) => left.has(attempt.options),
      mutate(attempt) {
        const again = matchingOf(attempt).filter(({ policy }) => policy.spec.reinvocationPolicy === 'IfNeeded')
        if (again.length === 0 || sameJson(left.get(attempt.options), attempt.object)) return attempt.object!
        return run(again, attempt)
      },
    },
  ]
}
