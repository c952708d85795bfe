import { compileExpression, compileVariables } from '../../api/admissionregistration/expression-environment.ts'
import type { ExpressionScope } from '../../api/admissionregistration/expression-environment.ts'
import type { ExpressionWarning, ValidatingAdmissionPolicy } from '../../api/admissionregistration/v1.ts'
import { DYN } from '../../lib/cel/types.ts'
import type { Type } from '../../lib/cel/types.ts'

/** A kind that a policy is about, and the type of its objects. */
export interface CheckedKind {
  /** `apps/v1, Kind=Deployment` */
  readonly name: string
  readonly type: Type
}

/** What is odd about the expressions of a policy, by the types of the objects that it is about. */
export function checkPolicy(
  { spec }: ValidatingAdmissionPolicy,
  kinds: readonly CheckedKind[],
  params: Type | undefined,
): ExpressionWarning[] {
  const { validations = [], variables = [], paramKind } = spec
  const scopes = kinds.map(({ name, type }) => {
    const scope: ExpressionScope = {
      params: paramKind !== undefined,
      authorizer: true,
      object: type,
      paramsType: params ?? DYN,
    }
    return {
      name,
      scope: variables.length === 0 ? scope : { ...scope, variables: compileVariables(variables, scope).types },
    }
  })
  const warn = (fieldRef: string, expression: string): ExpressionWarning[] => {
    const problems = scopes.flatMap(({ name, scope }) => {
      const result = compileExpression(expression, scope, [])
      return 'problem' in result ? [`${name}: ${result.problem}\n`] : []
    })
    return problems.length === 0 ? [] : [{ fieldRef, warning: problems.join('\n') }]
  }
  return validations.flatMap(({ expression, messageExpression }, i) => [
    ...warn(`spec.validations[${i}].expression`, expression),
    ...(messageExpression ? warn(`spec.validations[${i}].messageExpression`, messageExpression) : []),
  ])
}

/** More kinds than these are not looked at. */
const KINDS_MAX = 10

/** The resources that the rules of a policy name one by one; a star says nothing about types. */
export function namedResources({
  spec,
}: ValidatingAdmissionPolicy): { readonly group: string; readonly version: string; readonly plural: string }[] {
  const exact = (list: readonly string[] = []): readonly string[] => (list.includes('*') ? [] : list.toSorted())
  const found = (spec.matchConstraints?.resourceRules ?? []).flatMap(({ apiGroups, apiVersions, resources = [] }) =>
    exact(apiGroups).flatMap((group) =>
      exact(apiVersions).flatMap((version) =>
        resources
          .filter((one) => !one.includes('*') && !one.includes('/'))
          .toSorted()
          .map((plural) => ({ group, version, plural })),
      ),
    ),
  )
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()].slice(0, KINDS_MAX)
}
