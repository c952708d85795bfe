import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../api/admissionregistration/v1.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import { TOTAL_COST_MAX } from '../../../lib/cel/kubernetes.ts'
import type { ErrorCode } from '../../../lib/errors.ts'
import { WherryError } from '../../../lib/errors.ts'
import type { Attempt } from '../admission.ts'
import { activationOf } from '../expressions/activation.ts'
import { Budget, OutOfBudget } from '../expressions/budget.ts'
import { matchConditions } from '../expressions/conditions.ts'
import { forbidden } from '../refusal.ts'
import { compiledValidating, withLazyVariables } from './compiled-policy.ts'
import type { CompiledValidatingPolicy } from './compiled-policy.ts'
import type { PolicyHook } from './hooks.ts'
import { matchesResources } from './match.ts'
import { collectParams } from './params.ts'
import type { PolicyParts } from './policies.ts'

type Hook = PolicyHook<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>

/** Why a request is not to go through. */
interface Denial {
  readonly message: string
  readonly reason?: string
}

interface BoundDenial extends Denial {
  readonly policy: string
  readonly binding: string
  /** It is no matter of the binding. */
  readonly ofPolicy?: boolean
}

/** Asks policies about an attempt; throws what the first that denies it says. */
export async function validateBy(hooks: readonly Hook[], attempt: Attempt, parts: PolicyParts): Promise<void> {
  const denied: BoundDenial[] = []
  for (const { policy, bindings } of hooks) {
    for (const binding of bindings) {
      if (!matchesResources(binding.spec.matchResources, attempt, parts.reader)) continue
      const names = { policy: policy.metadata.name, binding: binding.metadata.name }
      const { problem, denials } = await askBinding(policy, binding, attempt, parts)
      if (problem !== undefined) {
        if (policy.spec.failurePolicy !== 'Ignore') denied.push({ ...names, ...problem })
        continue
      }
      const actions = binding.spec.validationActions ?? []
      for (const denial of denials) {
        if (actions.includes('Deny')) denied.push({ ...names, ...denial })
        if (actions.includes('Warn')) {
          attempt.warn(
            `Validation failed for ValidatingAdmissionPolicy '${names.policy}' with binding '${names.binding}': ${denial.message}`,
          )
        }
      }
    }
  }
  if (denied.length > 0) throw refusal(attempt, denied[0]!)
}

/** Codes by the reason that a policy gives. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  Forbidden: 'forbidden',
  RequestEntityTooLarge: 'too-large',
}

function refusal(attempt: Attempt, denial: BoundDenial): WherryError {
  const { policy, binding, message, reason = 'Invalid' } = denial
  const by = denial.ofPolicy === true ? '' : ` with binding '${binding}'`
  const text = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`
  const { message: whole, details } = forbidden(attempt, text)
  return new WherryError(CODES[reason] ?? 'invalid', whole, {
    details: { ...details, causes: [{ reason: '', message: text, field: '' }] },
  })
}

async function askBinding(
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding,
  attempt: Attempt,
  parts: PolicyParts,
): Promise<{
  readonly problem?: Pick<BoundDenial, 'message' | 'ofPolicy'>
  readonly denials: readonly Denial[]
}> {
  const { paramKind } = policy.spec
  const found = await collectParams(paramKind, binding.spec.paramRef, attempt.target.namespace, parts)
  if ('problem' in found) {
    const { problem, ofPolicy = false } = found
    const message = `failed to configure ${ofPolicy ? 'policy' : 'binding'}: ${problem}`
    return { problem: { message, ofPolicy }, denials: [] }
  }
  return { denials: found.params.flatMap((params) => askPolicy(policy, params, attempt, parts)) }
}

function askPolicy(
  policy: ValidatingAdmissionPolicy,
  params: KubeObject | undefined,
  attempt: Attempt,
  parts: PolicyParts,
): readonly Denial[] {
  const { failurePolicy, matchConditions: conditions = [] } = policy.spec
  const failed = (message: string): readonly Denial[] => (failurePolicy === 'Ignore' ? [] : [{ message }])
  const compiled = compiledValidating(policy)
  const names = activationOf(attempt, parts, params)
  const match = matchConditions(conditions, compiled.conditionScope, names, failurePolicy)
  if ('error' in match) return failed(match.error)
  if (!match.matches) return []
  const budget = new Budget(TOTAL_COST_MAX)
  const variables = withLazyVariables(names, compiled.variables, budget)
  try {
    return [
      ...compiled.validations.flatMap((one) => validate(one, variables, budget, failed)),
      ...compiled.annotations.flatMap((annotation) => {
        const outcome = budget.evaluate(annotation, variables)
        return 'error' in outcome ? failed(outcome.error) : []
      }),
    ]
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
    return failed(error.message)
  }
}

function validate(
  { validation, expression, message }: CompiledValidatingPolicy['validations'][number],
  variables: (name: string) => unknown,
  budget: Budget,
  failed: (message: string) => readonly Denial[],
): readonly Denial[] {
  const outcome = budget.evaluate(expression, variables)
  if ('error' in outcome) return failed(outcome.error)
  if (outcome.value === true) return []
  const made = message === undefined ? undefined : budget.evaluate(message, variables)
  const text = made !== undefined && 'value' in made ? shownMessage(made.value) : ''
  return [
    {
      message: text || (validation.message ?? '').trim() || `failed expression: ${validation.expression.trim()}`,
      ...(validation.reason === undefined ? {} : { reason: validation.reason }),
    },
  ]
}

const MESSAGE_BYTES_MAX = 5 * 1024

/** One line that is not too long, or nothing. */
function shownMessage(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : ''
  return text.includes('\n') || Buffer.byteLength(text) > MESSAGE_BYTES_MAX ? '' : text
}
