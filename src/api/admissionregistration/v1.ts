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
  expression: string(1, { doc: 'Expression.' }),
})
export type ApplyConfiguration = Static<typeof ApplyConfiguration>

export const AuditAnnotation = message('AuditAnnotation', 'Audit annotation.', {
  key: string(1, { required: true, doc: 'The key.' }),
  valueExpression: string(2, { required: true, doc: 'Value expression.' }),
})
export type AuditAnnotation = Static<typeof AuditAnnotation>

export const ExpressionWarning = message('ExpressionWarning', 'Expression warning.', {
  fieldRef: string(2, { required: true, doc: 'Field ref.' }),
  warning: string(3, { required: true, doc: 'Warning.' }),
})
export type ExpressionWarning = Static<typeof ExpressionWarning>

export const JSONPatch = message('JSONPatch', 'JSON patch.', {
  expression: string(1, { doc: 'Expression.' }),
})
export type JSONPatch = Static<typeof JSONPatch>

export const MatchCondition = message('MatchCondition', 'One thing that holds, or does not, of: match.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  expression: string(2, { required: true, doc: 'Expression.' }),
})
export type MatchCondition = Static<typeof MatchCondition>

export const Rule = message('Rule', 'Rule.', {
  apiGroups: list(1, 'string', { list: 'atomic', doc: 'Api groups.' }),
  apiVersions: list(2, 'string', { list: 'atomic', doc: 'Api versions.' }),
  resources: list(3, 'string', { list: 'atomic', doc: 'How much it needs, and may take at most.' }),
  scope: string(4, { pointer: true, default: '*', enum: ScopeType, doc: 'What it reaches over.' }),
})
export type Rule = Static<typeof Rule>

export const RuleWithOperations = message('RuleWithOperations', 'Rule with operations.', {
  operations: list(1, 'string', { enum: OperationType, list: 'atomic', doc: 'Operations.' }),
  rule: inline(2, Rule),
})
export type RuleWithOperations = Static<typeof RuleWithOperations>

export const NamedRuleWithOperations = message(
  'NamedRuleWithOperations',
  'Named rule with operations.',
  {
    resourceNames: list(1, 'string', { list: 'atomic', doc: 'Resource names.' }),
    ruleWithOperations: inline(2, RuleWithOperations),
  },
  { atomic: true },
)
export type NamedRuleWithOperations = Static<typeof NamedRuleWithOperations>

export const MatchResources = message(
  'MatchResources',
  'Match resources.',
  {
    namespaceSelector: ref(1, LabelSelector, { default: {}, doc: 'Namespace selector.' }),
    objectSelector: ref(2, LabelSelector, { default: {}, doc: 'Object selector.' }),
    resourceRules: list(3, NamedRuleWithOperations, { list: 'atomic', doc: 'Resource rules.' }),
    excludeResourceRules: list(4, NamedRuleWithOperations, { list: 'atomic', doc: 'Exclude resource rules.' }),
    matchPolicy: string(7, { pointer: true, default: 'Equivalent', enum: MatchPolicyType, doc: 'Match policy.' }),
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
    expression: string(2, { required: true, doc: 'Expression.' }),
  },
  { atomic: true },
)
export type Variable = Static<typeof Variable>

export const Mutation = message('Mutation', 'Mutation.', {
  patchType: string(2, { required: true, enum: PatchType, doc: 'Patch type.' }),
  applyConfiguration: ref(3, ApplyConfiguration, { doc: 'Apply configuration.' }),
  jsonPatch: ref(4, JSONPatch, { doc: 'Json patch.' }),
})
export type Mutation = Static<typeof Mutation>

export const MutatingAdmissionPolicySpec = message(
  'MutatingAdmissionPolicySpec',
  'What is wanted of: mutating admission policy.',
  {
    paramKind: ref(1, ParamKind, { doc: 'Param kind.' }),
    matchConstraints: ref(2, MatchResources, { doc: 'Match constraints.' }),
    variables: list(3, Variable, { list: 'atomic', doc: 'Variables.' }),
    mutations: list(4, Mutation, { list: 'atomic', doc: 'Mutations.' }),
    failurePolicy: string(5, { pointer: true, default: 'Fail', enum: FailurePolicyType, doc: 'Failure policy.' }),
    matchConditions: list(6, MatchCondition, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'Match conditions.',
    }),
    reinvocationPolicy: string(7, { enum: ReinvocationPolicyType, doc: 'Reinvocation policy.' }),
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
    parameterNotFoundAction: string(4, { pointer: true, doc: 'Parameter not found action.' }),
  },
  { atomic: true },
)
export type ParamRef = Static<typeof ParamRef>

export const MutatingAdmissionPolicyBindingSpec = message(
  'MutatingAdmissionPolicyBindingSpec',
  'What is wanted of: mutating admission policy binding.',
  {
    policyName: string(1, { doc: 'Policy name.' }),
    paramRef: ref(2, ParamRef, { doc: 'Param ref.' }),
    matchResources: ref(3, MatchResources, { doc: 'Match resources.' }),
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
  'A page of objects: mutating admission policy binding.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, MutatingAdmissionPolicyBinding, { required: true, doc: 'The objects.' }),
  },
)
export type MutatingAdmissionPolicyBindingList = Static<typeof MutatingAdmissionPolicyBindingList>

export const MutatingAdmissionPolicyList = object(
  'MutatingAdmissionPolicyList',
  'A page of objects: mutating admission policy.',
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
  url: string(3, { pointer: true, doc: 'Url.' }),
  service: ref(1, ServiceReference, { doc: 'Service.' }),
  caBundle: bytes(2, { doc: 'Ca bundle.' }),
})
export type WebhookClientConfig = Static<typeof WebhookClientConfig>

export const MutatingWebhook = message('MutatingWebhook', 'Mutating webhook.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  clientConfig: embed(2, WebhookClientConfig, { required: true, doc: 'Client config.' }),
  rules: list(3, RuleWithOperations, { list: 'atomic', doc: 'The rules.' }),
  failurePolicy: string(4, { pointer: true, default: 'Fail', enum: FailurePolicyType, doc: 'Failure policy.' }),
  matchPolicy: string(9, { pointer: true, default: 'Equivalent', enum: MatchPolicyType, doc: 'Match policy.' }),
  namespaceSelector: ref(5, LabelSelector, { default: {}, doc: 'Namespace selector.' }),
  objectSelector: ref(11, LabelSelector, { default: {}, doc: 'Object selector.' }),
  sideEffects: string(6, { required: true, pointer: true, enum: SideEffectClass, doc: 'Side effects.' }),
  timeoutSeconds: int32(7, { pointer: true, default: 10, doc: 'How long to wait for an answer, in seconds.' }),
  admissionReviewVersions: list(8, 'string', { required: true, list: 'atomic', doc: 'Admission review versions.' }),
  reinvocationPolicy: string(10, {
    pointer: true,
    default: 'Never',
    enum: ReinvocationPolicyType,
    doc: 'Reinvocation policy.',
  }),
  matchConditions: list(12, MatchCondition, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Match conditions.',
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
      doc: 'Webhooks.',
    }),
  },
)
export type MutatingWebhookConfiguration = Static<typeof MutatingWebhookConfiguration>

export const MutatingWebhookConfigurationList = object(
  'MutatingWebhookConfigurationList',
  'A page of objects: mutating webhook configuration.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, MutatingWebhookConfiguration, { required: true, doc: 'The objects.' }),
  },
)
export type MutatingWebhookConfigurationList = Static<typeof MutatingWebhookConfigurationList>

export const TypeChecking = message('TypeChecking', 'Type checking.', {
  expressionWarnings: list(1, ExpressionWarning, { list: 'atomic', doc: 'Expression warnings.' }),
})
export type TypeChecking = Static<typeof TypeChecking>

export const Validation = message('Validation', 'Validation.', {
  expression: string(1, { required: true, doc: 'Expression.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  reason: string(3, { pointer: true, doc: 'Why, in one word.' }),
  messageExpression: string(4, { doc: 'Message expression.' }),
})
export type Validation = Static<typeof Validation>

export const ValidatingAdmissionPolicySpec = message(
  'ValidatingAdmissionPolicySpec',
  'What is wanted of: validating admission policy.',
  {
    paramKind: ref(1, ParamKind, { doc: 'Param kind.' }),
    matchConstraints: ref(2, MatchResources, { doc: 'Match constraints.' }),
    validations: list(3, Validation, { list: 'atomic', doc: 'Validations.' }),
    failurePolicy: string(4, { pointer: true, default: 'Fail', enum: FailurePolicyType, doc: 'Failure policy.' }),
    auditAnnotations: list(5, AuditAnnotation, { list: 'atomic', doc: 'Audit annotations.' }),
    matchConditions: list(6, MatchCondition, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'Match conditions.',
    }),
    variables: list(7, Variable, {
      list: 'map',
      keys: ['name'],
      patchStrategy: 'merge',
      mergeKey: 'name',
      doc: 'Variables.',
    }),
  },
)
export type ValidatingAdmissionPolicySpec = Static<typeof ValidatingAdmissionPolicySpec>

export const ValidatingAdmissionPolicyStatus = message(
  'ValidatingAdmissionPolicyStatus',
  'What is known of: validating admission policy.',
  {
    observedGeneration: int64(1, { doc: 'The generation that this was written for.' }),
    typeChecking: ref(2, TypeChecking, { doc: 'Type checking.' }),
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
  'What is wanted of: validating admission policy binding.',
  {
    policyName: string(1, { required: true, omitempty: true, doc: 'Policy name.' }),
    paramRef: ref(2, ParamRef, { doc: 'Param ref.' }),
    matchResources: ref(3, MatchResources, { doc: 'Match resources.' }),
    validationActions: list(4, 'string', {
      required: true,
      omitempty: true,
      enum: ValidationAction,
      list: 'set',
      doc: 'Validation actions.',
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
  'A page of objects: validating admission policy binding.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ValidatingAdmissionPolicyBinding, { required: true, doc: 'The objects.' }),
  },
)
export type ValidatingAdmissionPolicyBindingList = Static<typeof ValidatingAdmissionPolicyBindingList>

export const ValidatingAdmissionPolicyList = object(
  'ValidatingAdmissionPolicyList',
  'A page of objects: validating admission policy.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ValidatingAdmissionPolicy, { required: true, doc: 'The objects.' }),
  },
)
export type ValidatingAdmissionPolicyList = Static<typeof ValidatingAdmissionPolicyList>

export const ValidatingWebhook = message('ValidatingWebhook', 'Validating webhook.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  clientConfig: embed(2, WebhookClientConfig, { required: true, doc: 'Client config.' }),
  rules: list(3, RuleWithOperations, { list: 'atomic', doc: 'The rules.' }),
  failurePolicy: string(4, { pointer: true, default: 'Fail', enum: FailurePolicyType, doc: 'Failure policy.' }),
  matchPolicy: string(9, { pointer: true, default: 'Equivalent', enum: MatchPolicyType, doc: 'Match policy.' }),
  namespaceSelector: ref(5, LabelSelector, { default: {}, doc: 'Namespace selector.' }),
  objectSelector: ref(10, LabelSelector, { default: {}, doc: 'Object selector.' }),
  sideEffects: string(6, { required: true, pointer: true, enum: SideEffectClass, doc: 'Side effects.' }),
  timeoutSeconds: int32(7, { pointer: true, default: 10, doc: 'How long to wait for an answer, in seconds.' }),
  admissionReviewVersions: list(8, 'string', { required: true, list: 'atomic', doc: 'Admission review versions.' }),
  matchConditions: list(11, MatchCondition, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Match conditions.',
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
      doc: 'Webhooks.',
    }),
  },
)
export type ValidatingWebhookConfiguration = Static<typeof ValidatingWebhookConfiguration>

export const ValidatingWebhookConfigurationList = object(
  'ValidatingWebhookConfigurationList',
  'A page of objects: validating webhook configuration.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ValidatingWebhookConfiguration, { required: true, doc: 'The objects.' }),
  },
)
export type ValidatingWebhookConfigurationList = Static<typeof ValidatingWebhookConfigurationList>
