import { Condition, LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bytes, embed, groupVersion, inline, int32, int64, list, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.admissionregistration.v1',
})

export const FailurePolicyType = ['Ignore', 'Fail'] as const
export type FailurePolicyType = (typeof FailurePolicyType)[number]

export const MatchPolicyType = ['Exact', 'Equivalent'] as const
export type MatchPolicyType = (typeof MatchPolicyType)[number]

export const OperationType = ['*', 'CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const
export type OperationType = (typeof OperationType)[number]

export const PatchType = ['ApplyConfiguration', 'JSONPatch'] as const
export type PatchType = (typeof PatchType)[number]

export const ReinvocationPolicyType = ['Never', 'IfNeeded'] as const
export type ReinvocationPolicyType = (typeof ReinvocationPolicyType)[number]

export const ScopeType = ['Cluster', 'Namespaced', '*'] as const
export type ScopeType = (typeof ScopeType)[number]

export const SideEffectClass = ['Unknown', 'None', 'Some', 'NoneOnDryRun'] as const
export type SideEffectClass = (typeof SideEffectClass)[number]

export const ValidationAction = ['Deny', 'Warn', 'Audit'] as const
export type ValidationAction = (typeof ValidationAction)[number]

export const ApplyConfiguration = message('ApplyConfiguration', 'Apply configuration.', {
  expression: string(1, { doc: 'An expression in CEL.' }),
})
export type ApplyConfiguration = Static<typeof ApplyConfiguration>

export const AuditAnnotation = message('AuditAnnotation', 'Audit annotation.', {
  key: string(1, { required: true, doc: 'The key.' }),
  valueExpression: string(2, { required: true, doc: 'An expression in CEL that gives the value.' }),
})
export type AuditAnnotation = Static<typeof AuditAnnotation>

export const ExpressionWarning = message('ExpressionWarning', 'Expression warning.', {
  fieldRef: string(2, { required: true, doc: 'The field with the expression.' }),
  warning: string(3, { required: true, doc: 'What is wrong.' }),
})
export type ExpressionWarning = Static<typeof ExpressionWarning>

export const JSONPatch = message('JSONPatch', 'JSON patch.', {
  expression: string(1, { doc: 'An expression in CEL.' }),
})
export type JSONPatch = Static<typeof JSONPatch>

export const MatchCondition = message('MatchCondition', 'One thing that holds, or does not, of the match.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  expression: string(2, { required: true, doc: 'An expression in CEL.' }),
})
export type MatchCondition = Static<typeof MatchCondition>

export const Rule = message('Rule', 'Rule.', {
  apiGroups: list(1, 'string', { list: 'atomic', doc: 'API groups; * is all.' }),
  apiVersions: list(2, 'string', { list: 'atomic', doc: 'Versions; * is all.' }),
  resources: list(3, 'string', { list: 'atomic', doc: 'How much it needs, and may take at most.' }),
  scope: string(4, { pointer: true, default: '*', enum: ScopeType, doc: 'What it reaches over.' }),
})
export type Rule = Static<typeof Rule>

export const RuleWithOperations = message('RuleWithOperations', 'Rule with operations.', {
  operations: list(1, 'string', { enum: OperationType, list: 'atomic', doc: 'What is done; * is all.' }),
  rule: inline(2, Rule),
})
export type RuleWithOperations = Static<typeof RuleWithOperations>

export const NamedRuleWithOperations = message(
  'NamedRuleWithOperations',
  'Named rule with operations.',
  {
    resourceNames: list(1, 'string', { list: 'atomic', doc: 'Names of objects; all when empty.' }),
    ruleWithOperations: inline(2, RuleWithOperations),
  },
  { atomic: true },
)
export type NamedRuleWithOperations = Static<typeof NamedRuleWithOperations>

export const MatchResources = message(
  'MatchResources',
  'Match resources.',
  {
    namespaceSelector: ref(1, LabelSelector, { default: {}, doc: 'Namespaces that count, by their labels.' }),
    objectSelector: ref(2, LabelSelector, { default: {}, doc: 'Objects that count, by their labels.' }),
    resourceRules: list(3, NamedRuleWithOperations, { list: 'atomic', doc: 'What it is about.' }),
    excludeResourceRules: list(4, NamedRuleWithOperations, {
      list: 'atomic',
      doc: 'What it is not about, although the rules say so.',
    }),
    matchPolicy: string(7, {
      pointer: true,
      default: 'Equivalent',
      enum: MatchPolicyType,
      doc: 'Whether other versions of the same resource count.',
    }),
  },
  { atomic: true },
)
export type MatchResources = Static<typeof MatchResources>

export const ParamKind = message(
  'ParamKind',
  'Param kind.',
  {
    apiVersion: string(1, { doc: 'The version of the API that this is written for.' }),
    kind: string(2, { doc: 'The kind of the thing.' }),
  },
  { atomic: true },
)
export type ParamKind = Static<typeof ParamKind>

export const Variable = message(
  'Variable',
  'Variable.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    expression: string(2, { required: true, doc: 'An expression in CEL.' }),
  },
  { atomic: true },
)
export type Variable = Static<typeof Variable>

export const Mutation = message('Mutation', 'Mutation.', {
  patchType: string(2, { required: true, enum: PatchType, doc: 'The form of the change.' }),
  applyConfiguration: ref(3, ApplyConfiguration, { doc: 'A change as an apply would make it.' }),
  jsonPatch: ref(4, JSONPatch, { doc: 'A change as a JSON patch.' }),
})
export type Mutation = Static<typeof Mutation>

export const MutatingAdmissionPolicySpec = message(
  'MutatingAdmissionPolicySpec',
  'What is wanted of the mutating admission policy.',
  {
    paramKind: ref(1, ParamKind, { doc: 'The kind of the object with parameters.' }),
    matchConstraints: ref(2, MatchResources, { doc: 'What it is about.' }),
    variables: list(3, Variable, { list: 'atomic', doc: 'Expressions under names, for the others to use.' }),
    mutations: list(4, Mutation, { list: 'atomic', doc: 'The changes.' }),
    failurePolicy: string(5, {
      pointer: true,
      default: 'Fail',
      enum: FailurePolicyType,
      doc: 'What happens when there is no answer.',
    }),
    matchConditions: list(6, MatchCondition, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'Expressions that all have to hold.',
    }),
    reinvocationPolicy: string(7, {
      enum: ReinvocationPolicyType,
      doc: 'Whether it is asked again when others changed the object after it.',
    }),
  },
)
export type MutatingAdmissionPolicySpec = Static<typeof MutatingAdmissionPolicySpec>

export const MutatingAdmissionPolicy = object(
  'MutatingAdmissionPolicy',
  'Changes objects by expressions when they are written.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, MutatingAdmissionPolicySpec, { doc: 'What is wanted.' }),
  },
)
export type MutatingAdmissionPolicy = Static<typeof MutatingAdmissionPolicy>

export const ParamRef = message(
  'ParamRef',
  'Param ref.',
  {
    name: string(1, { doc: 'Its name.' }),
    namespace: string(2, { doc: 'The namespace that it lives in.' }),
    selector: ref(3, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
    parameterNotFoundAction: string(4, { pointer: true, doc: 'What happens when there is no object with parameters.' }),
  },
  { atomic: true },
)
export type ParamRef = Static<typeof ParamRef>

export const MutatingAdmissionPolicyBindingSpec = message(
  'MutatingAdmissionPolicyBindingSpec',
  'What is wanted of the mutating admission policy binding.',
  {
    policyName: string(1, { doc: 'The name of the policy.' }),
    paramRef: ref(2, ParamRef, { doc: 'The object with the parameters.' }),
    matchResources: ref(3, MatchResources, { doc: 'What it is about.' }),
  },
)
export type MutatingAdmissionPolicyBindingSpec = Static<typeof MutatingAdmissionPolicyBindingSpec>

export const MutatingAdmissionPolicyBinding = object(
  'MutatingAdmissionPolicyBinding',
  'Mutating admission policy binding.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, MutatingAdmissionPolicyBindingSpec, { doc: 'What is wanted.' }),
  },
)
export type MutatingAdmissionPolicyBinding = Static<typeof MutatingAdmissionPolicyBinding>

export const MutatingAdmissionPolicyBindingList = object(
  'MutatingAdmissionPolicyBindingList',
  'A page of mutating admission policy binding objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, MutatingAdmissionPolicyBinding, { required: true, doc: 'The objects.' }),
  },
)
export type MutatingAdmissionPolicyBindingList = Static<typeof MutatingAdmissionPolicyBindingList>

export const MutatingAdmissionPolicyList = object(
  'MutatingAdmissionPolicyList',
  'A page of mutating admission policy objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, MutatingAdmissionPolicy, { required: true, doc: 'The objects.' }),
  },
)
export type MutatingAdmissionPolicyList = Static<typeof MutatingAdmissionPolicyList>

export const ServiceReference = message('ServiceReference', 'Service reference.', {
  namespace: string(1, { required: true, doc: 'The namespace that it lives in.' }),
  name: string(2, { required: true, doc: 'Its name.' }),
  path: string(3, { pointer: true, doc: 'The path.' }),
  port: int32(4, { pointer: true, default: 443, doc: 'The port.' }),
})
export type ServiceReference = Static<typeof ServiceReference>

export const WebhookClientConfig = message('WebhookClientConfig', 'Webhook client config.', {
  url: string(3, { pointer: true, doc: 'Where it is.' }),
  service: ref(1, ServiceReference, { doc: 'The Service that answers.' }),
  caBundle: bytes(2, { doc: 'Certificates of authorities, as PEM in base64.' }),
})
export type WebhookClientConfig = Static<typeof WebhookClientConfig>

export const MutatingWebhook = message('MutatingWebhook', 'Mutating webhook.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  clientConfig: embed(2, WebhookClientConfig, { required: true, doc: 'How to reach it.' }),
  rules: list(3, RuleWithOperations, { list: 'atomic', doc: 'The rules.' }),
  failurePolicy: string(4, {
    pointer: true,
    default: 'Fail',
    enum: FailurePolicyType,
    doc: 'What happens when there is no answer.',
  }),
  matchPolicy: string(9, {
    pointer: true,
    default: 'Equivalent',
    enum: MatchPolicyType,
    doc: 'Whether other versions of the same resource count.',
  }),
  namespaceSelector: ref(5, LabelSelector, { default: {}, doc: 'Namespaces that count, by their labels.' }),
  objectSelector: ref(11, LabelSelector, { default: {}, doc: 'Objects that count, by their labels.' }),
  sideEffects: string(6, {
    required: true,
    pointer: true,
    enum: SideEffectClass,
    doc: 'Whether asking changes anything.',
  }),
  timeoutSeconds: int32(7, { pointer: true, default: 10, doc: 'How long to wait for an answer, in seconds.' }),
  admissionReviewVersions: list(8, 'string', {
    required: true,
    list: 'atomic',
    doc: 'The versions of the question that it understands.',
  }),
  reinvocationPolicy: string(10, {
    pointer: true,
    default: 'Never',
    enum: ReinvocationPolicyType,
    doc: 'Whether it is asked again when others changed the object after it.',
  }),
  matchConditions: list(12, MatchCondition, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Expressions that all have to hold.',
  }),
})
export type MutatingWebhook = Static<typeof MutatingWebhook>

export const MutatingWebhookConfiguration = object(
  'MutatingWebhookConfiguration',
  'Asks servers to change objects when they are written.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    webhooks: list(2, MutatingWebhook, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'The servers that are asked.',
    }),
  },
)
export type MutatingWebhookConfiguration = Static<typeof MutatingWebhookConfiguration>

export const MutatingWebhookConfigurationList = object(
  'MutatingWebhookConfigurationList',
  'A page of mutating webhook configuration objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, MutatingWebhookConfiguration, { required: true, doc: 'The objects.' }),
  },
)
export type MutatingWebhookConfigurationList = Static<typeof MutatingWebhookConfigurationList>

export const TypeChecking = message('TypeChecking', 'Type checking.', {
  expressionWarnings: list(1, ExpressionWarning, { list: 'atomic', doc: 'What is odd about the expressions.' }),
})
export type TypeChecking = Static<typeof TypeChecking>

export const Validation = message('Validation', 'Validation.', {
  expression: string(1, { required: true, doc: 'An expression in CEL.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  reason: string(3, { pointer: true, doc: 'Why, in one word.' }),
  messageExpression: string(4, { doc: 'An expression in CEL that gives the message.' }),
})
export type Validation = Static<typeof Validation>

export const ValidatingAdmissionPolicySpec = message(
  'ValidatingAdmissionPolicySpec',
  'What is wanted of the validating admission policy.',
  {
    paramKind: ref(1, ParamKind, { doc: 'The kind of the object with parameters.' }),
    matchConstraints: ref(2, MatchResources, { doc: 'What it is about.' }),
    validations: list(3, Validation, { list: 'atomic', doc: 'The conditions that objects have to meet.' }),
    failurePolicy: string(4, {
      pointer: true,
      default: 'Fail',
      enum: FailurePolicyType,
      doc: 'What happens when there is no answer.',
    }),
    auditAnnotations: list(5, AuditAnnotation, { list: 'atomic', doc: 'What to note in the audit log, by key.' }),
    matchConditions: list(6, MatchCondition, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'Expressions that all have to hold.',
    }),
    variables: list(7, Variable, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'Expressions under names, for the others to use.',
    }),
  },
)
export type ValidatingAdmissionPolicySpec = Static<typeof ValidatingAdmissionPolicySpec>

export const ValidatingAdmissionPolicyStatus = message(
  'ValidatingAdmissionPolicyStatus',
  'What is known of the validating admission policy.',
  {
    observedGeneration: int64(1, { doc: 'The generation that this was written for.' }),
    typeChecking: ref(2, TypeChecking, { doc: 'What checking the types of the expressions found.' }),
    conditions: list(3, Condition, { list: 'map', keys: ['type'], doc: 'What holds now, and since when.' }),
  },
)
export type ValidatingAdmissionPolicyStatus = Static<typeof ValidatingAdmissionPolicyStatus>

export const ValidatingAdmissionPolicy = object(
  'ValidatingAdmissionPolicy',
  'Accepts or refuses objects by expressions when they are written.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, ValidatingAdmissionPolicySpec, { doc: 'What is wanted.' }),
    status: embed(3, ValidatingAdmissionPolicyStatus, { doc: 'What is known.' }),
  },
)
export type ValidatingAdmissionPolicy = Static<typeof ValidatingAdmissionPolicy>

export const ValidatingAdmissionPolicyBindingSpec = message(
  'ValidatingAdmissionPolicyBindingSpec',
  'What is wanted of the validating admission policy binding.',
  {
    policyName: string(1, { required: true, omitempty: true, doc: 'The name of the policy.' }),
    paramRef: ref(2, ParamRef, { doc: 'The object with the parameters.' }),
    matchResources: ref(3, MatchResources, { doc: 'What it is about.' }),
    validationActions: list(4, 'string', {
      required: true,
      omitempty: true,
      enum: ValidationAction,
      list: 'set',
      doc: 'What follows from a failure: Deny, Warn, Audit.',
    }),
  },
)
export type ValidatingAdmissionPolicyBindingSpec = Static<typeof ValidatingAdmissionPolicyBindingSpec>

export const ValidatingAdmissionPolicyBinding = object(
  'ValidatingAdmissionPolicyBinding',
  'Validating admission policy binding.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, ValidatingAdmissionPolicyBindingSpec, { required: true, omitempty: true, doc: 'What is wanted.' }),
  },
)
export type ValidatingAdmissionPolicyBinding = Static<typeof ValidatingAdmissionPolicyBinding>

export const ValidatingAdmissionPolicyBindingList = object(
  'ValidatingAdmissionPolicyBindingList',
  'A page of validating admission policy binding objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ValidatingAdmissionPolicyBinding, { required: true, doc: 'The objects.' }),
  },
)
export type ValidatingAdmissionPolicyBindingList = Static<typeof ValidatingAdmissionPolicyBindingList>

export const ValidatingAdmissionPolicyList = object(
  'ValidatingAdmissionPolicyList',
  'A page of validating admission policy objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ValidatingAdmissionPolicy, { required: true, doc: 'The objects.' }),
  },
)
export type ValidatingAdmissionPolicyList = Static<typeof ValidatingAdmissionPolicyList>

export const ValidatingWebhook = message('ValidatingWebhook', 'Validating webhook.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  clientConfig: embed(2, WebhookClientConfig, { required: true, doc: 'How to reach it.' }),
  rules: list(3, RuleWithOperations, { list: 'atomic', doc: 'The rules.' }),
  failurePolicy: string(4, {
    pointer: true,
    default: 'Fail',
    enum: FailurePolicyType,
    doc: 'What happens when there is no answer.',
  }),
  matchPolicy: string(9, {
    pointer: true,
    default: 'Equivalent',
    enum: MatchPolicyType,
    doc: 'Whether other versions of the same resource count.',
  }),
  namespaceSelector: ref(5, LabelSelector, { default: {}, doc: 'Namespaces that count, by their labels.' }),
  objectSelector: ref(10, LabelSelector, { default: {}, doc: 'Objects that count, by their labels.' }),
  sideEffects: string(6, {
    required: true,
    pointer: true,
    enum: SideEffectClass,
    doc: 'Whether asking changes anything.',
  }),
  timeoutSeconds: int32(7, { pointer: true, default: 10, doc: 'How long to wait for an answer, in seconds.' }),
  admissionReviewVersions: list(8, 'string', {
    required: true,
    list: 'atomic',
    doc: 'The versions of the question that it understands.',
  }),
  matchConditions: list(11, MatchCondition, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Expressions that all have to hold.',
  }),
})
export type ValidatingWebhook = Static<typeof ValidatingWebhook>

export const ValidatingWebhookConfiguration = object(
  'ValidatingWebhookConfiguration',
  'Asks servers to accept or refuse objects when they are written.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    webhooks: list(2, ValidatingWebhook, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'The servers that are asked.',
    }),
  },
)
export type ValidatingWebhookConfiguration = Static<typeof ValidatingWebhookConfiguration>

export const ValidatingWebhookConfigurationList = object(
  'ValidatingWebhookConfigurationList',
  'A page of validating webhook configuration objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ValidatingWebhookConfiguration, { required: true, doc: 'The objects.' }),
  },
)
export type ValidatingWebhookConfigurationList = Static<typeof ValidatingWebhookConfigurationList>
