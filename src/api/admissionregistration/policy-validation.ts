import { dns1035Label, dns1123Subdomain, pathSegmentName, qualifiedName } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import type {
  AuditAnnotation,
  MatchCondition,
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
  Variable,
} from './v1.ts'
import { validateRule } from './webhook-validation.ts'

/** Checks a policy that refuses, all but what its expressions say. */
export function validateValidatingPolicy({ metadata, spec }: ValidatingAdmissionPolicy, problems: Problems): void {
  const { paramKind, matchConstraints, matchConditions, variables = [], validations = [], auditAnnotations = [] } = spec
  validateParamKind(paramKind, problems)
  validateConstraints(matchConstraints, problems)
  validateMatchConditions(matchConditions, 'spec.matchConditions', problems)
  variables.forEach((variable, i) => validateVariable(variable, `spec.variables[${i}]`, problems))
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const rule = 'validations or auditAnnotations must contain at least one item'
    problems.required('spec.validations', rule)
    problems.required('spec.auditAnnotations', rule)
  }
  validations.forEach((validation, i) => validateValidation(validation, `spec.validations[${i}]`, problems))
  validateAnnotations(metadata.name ?? '', auditAnnotations, problems)
}

/** Where there is something to change. */
const MUTABLE_OPERATIONS = ['*', 'CREATE', 'UPDATE', 'CONNECT']

/** Checks a policy that changes objects, all but what its expressions say. */
export function validateMutatingPolicy({ spec }: MutatingAdmissionPolicy, problems: Problems): void {
  const { paramKind, matchConstraints, matchConditions, variables = [], mutations = [], reinvocationPolicy } = spec
  validateParamKind(paramKind, problems)
  validateConstraints(matchConstraints, problems)
  for (const { operations = [] } of matchConstraints?.resourceRules ?? []) {
    for (const operation of operations) {
      if (!MUTABLE_OPERATIONS.includes(operation)) {
        problems.notSupported('spec.matchConstraints.resourceRules.operations', operation, MUTABLE_OPERATIONS)
      }
    }
  }
  validateMatchConditions(matchConditions, 'spec.matchConditions', problems)
  variables.forEach((variable, i) => validateVariable(variable, `spec.variables[${i}]`, problems))
  if (mutations.length === 0) problems.required('spec.mutations', 'mutations must contain at least one item')
  mutations.forEach((mutation, i) => validateMutation(mutation, `spec.mutations[${i}]`, problems))
  if (!reinvocationPolicy) problems.required('spec.reinvocationPolicy')
}

function validateMutation(
  { patchType, applyConfiguration, jsonPatch }: Mutation,
  field: string,
  problems: Problems,
): void {
  const forms = [
    { type: 'ApplyConfiguration', name: 'applyConfiguration', form: applyConfiguration },
    { type: 'JSONPatch', name: 'jsonPatch', form: jsonPatch },
  ]
  if (!forms.some(({ type }) => type === patchType)) return
  for (const { type, name, form } of forms) {
    if (type !== patchType) {
      if (form !== undefined) {
        problems.invalid(`${field}.${name}`, `{${name}}`, `must not be specified when patchType is ${patchType}`)
      }
    } else if (form === undefined) {
      problems.required(`${field}.${name}`, `must be specified when patchType is ${patchType}`)
    } else if ((form.expression ?? '').trim() === '') problems.required(`${field}.${name}.expression`)
  }
}

function validateParamKind(paramKind: ParamKind | undefined, problems: Problems): void {
  if (paramKind === undefined) return
  const { apiVersion = '', kind = '' } = paramKind
  const parts = apiVersion.split('/')
  if (apiVersion === '') problems.required('spec.paramKind.apiVersion')
  else if (parts.length > 2) {
    problems.invalid('spec.paramKind.apiVersion', apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  } else {
    const [version, group = ''] = [parts.at(-1)!, parts.length === 2 ? parts[0] : '']
    if (group !== '') problems.invalidBy(dns1123Subdomain(group), 'spec.paramKind.apiVersion', group)
    if (version === '') problems.invalid('spec.paramKind.apiVersion', apiVersion, 'version must be specified')
    else problems.invalidBy(dns1035Label(version), 'spec.paramKind.apiVersion', version)
  }
  if (kind === '') problems.required('spec.paramKind.kind')
  else {
    const rules = dns1035Label(kind.toLowerCase())
    if (rules.length > 0) {
      const rule = `may have mixed case, but should otherwise match: ${rules.join(',')}`
      problems.invalid('spec.paramKind.kind', kind, rule)
    }
  }
}

function validateConstraints(match: MatchResources | undefined, problems: Problems): void {
  if (match === undefined) {
    problems.required('spec.matchConstraints')
    return
  }
  validateMatchResources(match, 'spec.matchConstraints', problems)
  if ((match.resourceRules ?? []).length === 0) problems.required('spec.matchConstraints.resourceRules')
}

function validateMatchResources(match: MatchResources, field: string, problems: Problems): void {
  validateSelector(match.namespaceSelector, `${field}.namespaceSelector`, problems)
  validateSelector(match.objectSelector, `${field}.objectSelector`, problems)
  for (const list of ['resourceRules', 'excludeResourceRules'] as const) {
    match[list]?.forEach((rule, i) => validateNamedRule(rule, `${field}.${list}[${i}]`, problems))
  }
}

function validateNamedRule(rule: NamedRuleWithOperations, field: string, problems: Problems): void {
  const seen = new Set<string>()
  rule.resourceNames?.forEach((name, i) => {
    problems.invalidBy(pathSegmentName(name), `${field}.resourceNames[${i}]`, name)
    if (seen.has(name)) problems.duplicate(`${field}.resourceNames[${i}]`, name)
    seen.add(name)
  })
  validateRule(rule, field, problems)
}

const CONDITIONS_MAX = 64

/** Checks the names of conditions, and that they say something. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[] | undefined = [],
  field: string,
  problems: Problems,
): void {
  if (conditions.length > CONDITIONS_MAX) problems.tooMany(field, conditions.length, CONDITIONS_MAX)
  const seen = new Set<string>()
  conditions.forEach(({ name, expression }, i) => {
    if (expression.trim() === '') problems.required(`${field}[${i}].expression`)
    if (name === '') {
      problems.required(`${field}[${i}].name`)
      return
    }
    problems.invalidBy(qualifiedName(name), `${field}[${i}].name`, name)
    if (seen.has(name)) problems.duplicate(`${field}[${i}].name`, name)
    seen.add(name)
  })
}

/** Words that stand for something else in expressions. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

function validateVariable({ name, expression }: Variable, field: string, problems: Problems): void {
  if (name.trim() === '') problems.required(`${field}.name`, 'name is not specified')
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || RESERVED.has(name)) {
    problems.invalid(`${field}.name`, name, 'must be a valid CEL identifier')
  }
  if (expression.trim() === '') problems.required(`${field}.expression`, 'expression is not specified')
}

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

function validateValidation(validation: Validation, field: string, problems: Problems): void {
  const { expression, message = '', messageExpression = '', reason } = validation
  if (expression.trim() === '') problems.required(`${field}.expression`, 'expression is not specified')
  if (messageExpression !== '' && messageExpression.trim() === '') {
    problems.invalid(`${field}.messageExpression`, messageExpression, 'must be non-empty if specified')
  }
  if (message !== '' && message.trim() === '') {
    problems.invalid(`${field}.message`, message, 'must be non-empty if specified')
  } else if (/[\n\r]/.test(message.trim())) {
    problems.invalid(`${field}.message`, message, 'must not contain line breaks')
  }
  if (reason !== undefined && !REASONS.includes(reason)) problems.notSupported(`${field}.reason`, reason, REASONS)
}

const ANNOTATIONS_MAX = 20
const VALUE_EXPRESSION_BYTES_MAX = 5 * 1024

function validateAnnotations(policy: string, annotations: readonly AuditAnnotation[], problems: Problems): void {
  if (annotations.length > ANNOTATIONS_MAX) {
    const rule = `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`
    problems.invalid('spec.auditAnnotations', annotations, rule)
  }
  const seen = new Set<string>()
  annotations.forEach(({ key, valueExpression }, i) => {
    const field = `spec.auditAnnotations[${i}]`
    if (policy === '') problems.invalid(`${field}.key`, key, 'requires metadata.name be non-empty')
    else problems.invalidBy(qualifiedName(`${policy}/${key}`), `${field}.key`, `${policy}/${key}`)
    if (valueExpression.trim() === '') {
      problems.required(`${field}.valueExpression`, 'valueExpression is not specified')
    } else if (Buffer.byteLength(valueExpression.trim()) > VALUE_EXPRESSION_BYTES_MAX) {
      problems.required(`${field}.valueExpression`, `must not exceed ${VALUE_EXPRESSION_BYTES_MAX} bytes in length`)
    }
    if (seen.has(key)) problems.duplicate(`${field}.key`, key)
    seen.add(key)
  })
}

/** Checks what puts a policy to work. */
export function validateBinding(
  { spec }: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding,
  problems: Problems,
): void {
  const { policyName = '', paramRef, matchResources } = spec
  if (policyName === '') problems.required('spec.policyName')
  else problems.invalidBy(dns1123Subdomain(policyName), 'spec.policyName', policyName)
  if (paramRef !== undefined) validateParamRef(paramRef, problems)
  if (matchResources !== undefined) validateMatchResources(matchResources, 'spec.matchResources', problems)
  if ('validationActions' in spec) validateActions(spec.validationActions, problems)
}

function validateParamRef({ name = '', selector, parameterNotFoundAction }: ParamRef, problems: Problems): void {
  if (name !== '') {
    problems.invalidBy(pathSegmentName(name), 'spec.paramRef.name', name)
    if (selector !== undefined) problems.forbidden('spec.paramRef.name', 'name and selector are mutually exclusive')
  }
  if (selector !== undefined) {
    validateSelector(selector, 'spec.paramRef.selector', problems)
    if (name !== '') problems.forbidden('spec.paramRef.selector', 'name and selector are mutually exclusive')
  }
  if (name === '' && selector === undefined) {
    problems.required('spec.paramRef', 'one of name or selector must be specified')
  }
  if (!parameterNotFoundAction) problems.required('spec.paramRef.parameterNotFoundAction')
  else if (parameterNotFoundAction !== 'Deny' && parameterNotFoundAction !== 'Allow') {
    problems.notSupported('spec.paramRef.parameterNotFoundAction', parameterNotFoundAction, ['Deny', 'Allow'])
  }
}

function validateActions(actions: readonly string[] = [], problems: Problems): void {
  const field = 'spec.validationActions'
  const seen = new Set<string>()
  actions.forEach((action, i) => {
    if (seen.has(action)) problems.duplicate(`${field}[${i}]`, action)
    seen.add(action)
  })
  if (seen.has('Deny') && seen.has('Warn')) {
    problems.invalid(
      field,
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    )
  }
  if (actions.length === 0) problems.required(field, 'at least one validation action is required')
}
