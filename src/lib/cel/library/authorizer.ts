import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { BOOL, opaque, STRING } from '../types.ts'
import type { Type } from '../types.ts'
import { Opaque, sizeOf } from '../values.ts'
import type { Value } from '../values.ts'
import { LIST_COST, STRUCT_COST } from '../evaluator.ts'
import { STRING_FACTOR } from './cost.ts'

export const AUTHORIZER = opaque('kubernetes.authorization.Authorizer')
export const RESOURCE_CHECK = opaque('kubernetes.authorization.ResourceCheck')
const PATH_CHECK = opaque('kubernetes.authorization.PathCheck')
const GROUP_CHECK = opaque('kubernetes.authorization.GroupCheck')
const DECISION = opaque('kubernetes.authorization.Decision')

/** What an expression asks of those who decide who may do what. */
export type AccessQuestion =
  | { readonly path: string; readonly verb: string }
  | {
      readonly group: string
      readonly resource: string
      readonly subresource: string
      readonly namespace: string
      readonly name: string
      readonly fieldSelector: string
      readonly labelSelector: string
      readonly verb: string
    }

export interface AccessRuling {
  readonly allowed: boolean
  readonly reason: string
  readonly error?: string
}

/** Who is asked; about whoever sent the request, or about a ServiceAccount. */
export interface AccessAuthority {
  decide(question: AccessQuestion): AccessRuling
  serviceAccount(namespace: string, name: string): AccessAuthority
}

abstract class Handle extends Opaque {
  equals(other: Opaque): boolean {
    return this === other
  }
}

export class AuthorizerValue extends Handle {
  readonly type: Type = AUTHORIZER
  readonly authority: AccessAuthority

  constructor(authority: AccessAuthority) {
    super()
    this.authority = authority
  }
}

class PathCheck extends Handle {
  readonly type: Type = PATH_CHECK
  readonly authority: AccessAuthority
  readonly path: string

  constructor(authority: AccessAuthority, path: string) {
    super()
    this.authority = authority
    this.path = path
  }
}

class GroupCheck extends Handle {
  readonly type: Type = GROUP_CHECK
  readonly authority: AccessAuthority
  readonly group: string

  constructor(authority: AccessAuthority, group: string) {
    super()
    this.authority = authority
    this.group = group
  }
}

type ResourceQuestion = Omit<Extract<AccessQuestion, { group: string }>, 'verb'>

/** A question about a resource that may still be made more exact. */
export class ResourceCheck extends Handle {
  readonly type: Type = RESOURCE_CHECK
  readonly authority: AccessAuthority
  readonly question: ResourceQuestion

  constructor(authority: AccessAuthority, question: Partial<ResourceQuestion>) {
    super()
    this.authority = authority
    this.question = {
      group: '',
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
      fieldSelector: '',
      labelSelector: '',
      ...question,
    }
  }

  with(more: Partial<ResourceQuestion>): ResourceCheck {
    return new ResourceCheck(this.authority, { ...this.question, ...more })
  }
}

class Decision extends Handle {
  readonly type: Type = DECISION
  readonly ruling: AccessRuling

  constructor(ruling: AccessRuling) {
    super()
    this.ruling = ruling
  }
}

/** Only two checks fit into what one expression may cost. */
export const CHECK_COST = 350_000

const checkCost = (): number => CHECK_COST

function selectorCost([, selector]: readonly Value[]): number {
  const length = sizeOf(selector)
  return LIST_COST + Math.ceil(length * STRING_FACTOR) + Math.ceil(Math.ceil(length * 0.5) * (LIST_COST + STRUCT_COST))
}

const isLabel = (text: string): boolean => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)
const isSubdomain = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)

/** Asks whether somebody may do something. */
export function authorizerLibrary(): Functions {
  const table = new FunctionTable()
  for (const field of ['subresource', 'namespace', 'name'] as const) {
    table.member(field, `resourcecheck_${field}`, [RESOURCE_CHECK, STRING], RESOURCE_CHECK, ([check, text]) =>
      (check as ResourceCheck).with({ [field]: text as string }),
    )
  }
  for (const field of ['fieldSelector', 'labelSelector'] as const) {
    table.member(
      field,
      `authorizer_${field.toLowerCase()}`,
      [RESOURCE_CHECK, STRING],
      RESOURCE_CHECK,
      ([check, text]) => (check as ResourceCheck).with({ [field]: text as string }),
      selectorCost,
    )
  }
  const rulingOf = (value: Value): AccessRuling => (value as Decision).ruling
  return table
    .member('path', 'authorizer_path', [AUTHORIZER, STRING], PATH_CHECK, ([authorizer, path]) => {
      if ((path as string).trim() === '') throw new EvalError('path must not be empty')
      return new PathCheck((authorizer as AuthorizerValue).authority, path as string)
    })
    .member(
      'group',
      'authorizer_group',
      [AUTHORIZER, STRING],
      GROUP_CHECK,
      ([authorizer, group]) => new GroupCheck((authorizer as AuthorizerValue).authority, group as string),
    )
    .member(
      'serviceAccount',
      'authorizer_serviceaccount',
      [AUTHORIZER, STRING, STRING],
      AUTHORIZER,
      ([authorizer, namespace, name]) => {
        if (!isSubdomain(name as string)) throw new EvalError('Invalid service account name')
        if (!isLabel(namespace as string)) throw new EvalError('Invalid service account namespace')
        const { authority } = authorizer as AuthorizerValue
        return new AuthorizerValue(authority.serviceAccount(namespace as string, name as string))
      },
    )
    .member('resource', 'groupcheck_resource', [GROUP_CHECK, STRING], RESOURCE_CHECK, ([check, resource]) => {
      if ((resource as string).trim() === '') throw new EvalError('resource must not be empty')
      const { authority, group } = check as GroupCheck
      return new ResourceCheck(authority, { group, resource: resource as string })
    })
    .member(
      'check',
      'pathcheck_check',
      [PATH_CHECK, STRING],
      DECISION,
      ([check, verb]) => {
        const { authority, path } = check as PathCheck
        return new Decision(authority.decide({ path, verb: verb as string }))
      },
      checkCost,
    )
    .member(
      'check',
      'resourcecheck_check',
      [RESOURCE_CHECK, STRING],
      DECISION,
      ([check, verb]) => {
        const { authority, question } = check as ResourceCheck
        return new Decision(authority.decide({ ...question, verb: verb as string }))
      },
      checkCost,
    )
    .member('allowed', 'decision_allowed', [DECISION], BOOL, ([a]) => rulingOf(a).allowed)
    .member('reason', 'decision_reason', [DECISION], STRING, ([a]) => rulingOf(a).reason)
    .member('errored', 'decision_errored', [DECISION], BOOL, ([a]) => rulingOf(a).error !== undefined)
    .member('error', 'decision_error', [DECISION], STRING, ([a]) => rulingOf(a).error ?? '').functions
}
