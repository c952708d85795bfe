import type { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from '../../../api/admissionregistration/v1.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import { mergeSchemaOf } from '../../../api/meta/patch/merge-schema-of.ts'
import { EvalError } from '../../../lib/cel/errors.ts'
import { TOTAL_COST_MAX } from '../../../lib/cel/kubernetes.ts'
import { isWherryError, WherryError } from '../../../lib/errors.ts'
import { applyJsonPatch } from '../../../lib/patch/json-patch.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import { structuredMerge } from '../../../lib/patch/structured-merge.ts'
import { typeErrors } from '../../../lib/patch/typed-check.ts'
import type { Attempt } from '../admission.ts'
import { activationOf } from '../expressions/activation.ts'
import { Budget, OutOfBudget } from '../expressions/budget.ts'
import { matchConditions } from '../expressions/conditions.ts'
import { rebuild } from '../rebuild.ts'
import { forbidden } from '../refusal.ts'
import { compiledMutating, withLazyVariables } from './compiled-policy.ts'
import type { PolicyHook } from './hooks.ts'
import { matchesResources } from './match.ts'
import { collectParams } from './params.ts'
import { atomicParts, jsonOf, misnamedParts, operationsOf } from './patch-value.ts'
import type { PolicyParts } from './policies.ts'

type Hook = PolicyHook<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>

/** One policy with one object of settings. */
interface Invocation {
  readonly policy: MutatingAdmissionPolicy
  readonly binding: MutatingAdmissionPolicyBinding
  readonly params: KubeObject | undefined
}

/** Lets policies change an object one after the other; those that asked for it see what later ones made of it. */
export async function mutateBy(hooks: readonly Hook[], attempt: Attempt, parts: PolicyParts): Promise<KubeObject> {
  const invocations = await invocationsOf(hooks, attempt, parts)
  let object = attempt.object!
  /** What each has seen last. */
  const seen = new Map<Invocation, KubeObject>()
  const invoke = (invocation: Invocation): void => {
    const changed = changedBy(invocation, { ...attempt, object }, parts)
    if (changed === undefined) return
    object = changed
    seen.set(invocation, changed)
  }
  for (const invocation of invocations) invoke(invocation)
  for (const invocation of invocations) {
    const before = seen.get(invocation)
    const wanted = invocation.policy.spec.reinvocationPolicy === 'IfNeeded'
    if (wanted && before !== undefined && !sameJson(before, object)) invoke(invocation)
  }
  return object
}

async function invocationsOf(hooks: readonly Hook[], attempt: Attempt, parts: PolicyParts): Promise<Invocation[]> {
  const invocations: Invocation[] = []
  for (const { policy, bindings } of hooks) {
    for (const binding of bindings) {
      if (!matchesResources(binding.spec.matchResources, attempt, parts.reader)) continue
      const { paramKind, failurePolicy } = policy.spec
      const found = await collectParams(paramKind, binding.spec.paramRef, attempt.target.namespace, parts)
      if ('params' in found) invocations.push(...found.params.map((params) => ({ policy, binding, params })))
      else if (failurePolicy !== 'Ignore') {
        throw refusal(attempt, { policy, binding }, `failed to configure binding: ${found.problem}`)
      }
    }
  }
  return invocations
}

/** Undefined when the policy has nothing to say about the object; throws when it fails and may not. */
function changedBy(invocation: Invocation, attempt: Attempt, parts: PolicyParts): KubeObject | undefined {
  const { policy, params } = invocation
  const { failurePolicy, matchConditions: conditions = [] } = policy.spec
  const compiled = compiledMutating(policy)
  const names = activationOf(attempt, parts, params)
  const match = matchConditions(conditions, compiled.conditionScope, names, failurePolicy)
  if ('error' in match) throw refusal(attempt, invocation, match.error)
  if (!match.matches) return undefined
  let object = attempt.object!
  for (const { mutation, expression } of compiled.mutations) {
    try {
      const now: Attempt = { ...attempt, object }
      const budget = new Budget(TOTAL_COST_MAX)
      const variables = withLazyVariables(activationOf(now, parts, params), compiled.variables, budget)
      const outcome = budget.evaluate(expression, variables)
      if ('error' in outcome) throw new EvalError(outcome.error)
      object = mutation.patchType === 'JSONPatch' ? patched(outcome.value, now) : applied(outcome.value, now)
    } catch (error) {
      if (!(error instanceof EvalError || error instanceof OutOfBudget)) throw error
      if (failurePolicy !== 'Ignore') throw refusal(attempt, invocation, error.message)
    }
  }
  return object
}

function applied(value: unknown, { kind, object }: Attempt): KubeObject {
  const misnamed = misnamedParts(value)
  if (misnamed.length > 0) throw new EvalError(`type mismatch: ${misnamed.join('\n')}`)
  const change = jsonOf(value)
  const schema = mergeSchemaOf(kind.message)
  const errors = typeErrors(change, schema)
  if (errors.length > 0) {
    throw new EvalError(`error applying patch: failed to convert patch object to typed object: ${errors.join(', ')}`)
  }
  const atomic = atomicParts(change, schema)
  if (atomic.length > 0) {
    throw new EvalError(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomic.join(', ')}`,
    )
  }
  return rebuild(kind, object!, structuredMerge(object, change, schema))
}

function patched(value: unknown, { kind, object }: Attempt): KubeObject {
  const operations = operationsOf(value)
  try {
    return rebuild(kind, object!, applyJsonPatch(object!, operations))
  } catch (error) {
    if (!isWherryError(error)) throw error
    // A test that fails only means that there is nothing to do.
    if (error.message.endsWith('failed: test failed')) return object!
    throw new EvalError(`JSON Patch: ${error.message}`)
  }
}

function refusal(
  attempt: Attempt,
  { policy, binding }: Pick<Invocation, 'policy' | 'binding'>,
  why: string,
): WherryError {
  const text = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${why}`
  return new WherryError('invalid', text, {
    details: { ...forbidden(attempt, text).details, causes: [{ reason: '', message: text, field: '' }] },
  })
}
