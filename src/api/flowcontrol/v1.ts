import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, list, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.flowcontrol.v1',
})

export const ExemptPriorityLevelConfiguration = message(
  'ExemptPriorityLevelConfiguration',
  'Exempt priority level configuration.',
  {
    nominalConcurrencyShares: int32(1, { pointer: true, default: 0, doc: 'The share of the capacity.' }),
    lendablePercent: int32(2, { pointer: true, default: 0, doc: 'How much of it others may borrow, in percent.' }),
  },
)
export type ExemptPriorityLevelConfiguration = Static<typeof ExemptPriorityLevelConfiguration>

export const FlowDistinguisherMethod = message('FlowDistinguisherMethod', 'Flow distinguisher method.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
})
export type FlowDistinguisherMethod = Static<typeof FlowDistinguisherMethod>

export const PriorityLevelConfigurationReference = message(
  'PriorityLevelConfigurationReference',
  'Priority level configuration reference.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
  },
)
export type PriorityLevelConfigurationReference = Static<typeof PriorityLevelConfigurationReference>

export const UserSubject = message('UserSubject', 'User subject.', {
  name: string(1, { required: true, doc: 'Its name.' }),
})
export type UserSubject = Static<typeof UserSubject>

export const GroupSubject = message('GroupSubject', 'Group subject.', {
  name: string(1, { required: true, doc: 'Its name.' }),
})
export type GroupSubject = Static<typeof GroupSubject>

export const ServiceAccountSubject = message('ServiceAccountSubject', 'Service account subject.', {
  namespace: string(1, { required: true, doc: 'The namespace that it lives in.' }),
  name: string(2, { required: true, doc: 'Its name.' }),
})
export type ServiceAccountSubject = Static<typeof ServiceAccountSubject>

export const Subject = message('Subject', 'Subject.', {
  kind: string(1, { required: true, doc: 'The kind of the thing.' }),
  user: ref(2, UserSubject, { doc: 'The name of the user.' }),
  group: ref(3, GroupSubject, { doc: 'The API group; * is all.' }),
  serviceAccount: ref(4, ServiceAccountSubject, { doc: 'Old name of serviceAccountName.' }),
})
export type Subject = Static<typeof Subject>

export const ResourcePolicyRule = message('ResourcePolicyRule', 'Resource policy rule.', {
  verbs: list(1, 'string', { required: true, list: 'set', doc: 'What may be done.' }),
  apiGroups: list(2, 'string', { required: true, list: 'set', doc: 'API groups; * is all.' }),
  resources: list(3, 'string', { required: true, list: 'set', doc: 'How much it needs, and may take at most.' }),
  clusterScope: bool(4, { doc: 'Whether requests count that name no namespace.' }),
  namespaces: list(5, 'string', { always: true, list: 'set', doc: 'Namespaces.' }),
})
export type ResourcePolicyRule = Static<typeof ResourcePolicyRule>

export const NonResourcePolicyRule = message('NonResourcePolicyRule', 'Non resource policy rule.', {
  verbs: list(1, 'string', { required: true, list: 'set', doc: 'What may be done.' }),
  nonResourceURLs: list(6, 'string', {
    required: true,
    list: 'set',
    doc: 'Paths that are no resources; * at the end is any rest.',
  }),
})
export type NonResourcePolicyRule = Static<typeof NonResourcePolicyRule>

export const PolicyRulesWithSubjects = message('PolicyRulesWithSubjects', 'Policy rules with subjects.', {
  subjects: list(1, Subject, { required: true, list: 'atomic', doc: 'Who it is granted to.' }),
  resourceRules: list(2, ResourcePolicyRule, { list: 'atomic', doc: 'What it is about.' }),
  nonResourceRules: list(3, NonResourcePolicyRule, { list: 'atomic', doc: 'What is allowed on paths.' }),
})
export type PolicyRulesWithSubjects = Static<typeof PolicyRulesWithSubjects>

export const FlowSchemaSpec = message('FlowSchemaSpec', 'What is wanted of the flow schema.', {
  priorityLevelConfiguration: embed(1, PriorityLevelConfigurationReference, {
    required: true,
    doc: 'The level of such requests.',
  }),
  matchingPrecedence: int32(2, {
    always: true,
    default: 1000,
    doc: 'Which schemas are tried first; smaller numbers are.',
  }),
  distinguisherMethod: ref(3, FlowDistinguisherMethod, {
    doc: 'What keeps requests apart that should be treated fairly.',
  }),
  rules: list(4, PolicyRulesWithSubjects, { list: 'atomic', doc: 'The rules.' }),
})
export type FlowSchemaSpec = Static<typeof FlowSchemaSpec>

export const FlowSchemaCondition = message(
  'FlowSchemaCondition',
  'One thing that holds, or does not, of the flow schema.',
  {
    type: string(1, { doc: 'Which of several kinds it is.' }),
    status: string(2, { doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type FlowSchemaCondition = Static<typeof FlowSchemaCondition>

export const FlowSchemaStatus = message('FlowSchemaStatus', 'What is known of the flow schema.', {
  conditions: list(1, FlowSchemaCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type FlowSchemaStatus = Static<typeof FlowSchemaStatus>

export const FlowSchema = object('FlowSchema', 'Sorts requests into priority levels.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, FlowSchemaSpec, { doc: 'What is wanted.' }),
  status: embed(3, FlowSchemaStatus, { doc: 'What is known.' }),
})
export type FlowSchema = Static<typeof FlowSchema>

export const FlowSchemaList = object('FlowSchemaList', 'A page of flow schema objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, FlowSchema, { required: true, doc: 'The objects.' }),
})
export type FlowSchemaList = Static<typeof FlowSchemaList>

export const QueuingConfiguration = message('QueuingConfiguration', 'Queuing configuration.', {
  queues: int32(1, { always: true, default: 64, doc: 'How many queues there are.' }),
  handSize: int32(2, { always: true, default: 8, doc: 'How many queues a request may choose from.' }),
  queueLengthLimit: int32(3, { always: true, default: 50, doc: 'How many requests one queue may hold.' }),
})
export type QueuingConfiguration = Static<typeof QueuingConfiguration>

export const LimitResponse = message('LimitResponse', 'Limit response.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  queuing: ref(2, QueuingConfiguration, { doc: 'How requests wait.' }),
})
export type LimitResponse = Static<typeof LimitResponse>

export const LimitedPriorityLevelConfiguration = message(
  'LimitedPriorityLevelConfiguration',
  'Limited priority level configuration.',
  {
    nominalConcurrencyShares: int32(1, { always: true, pointer: true, default: 30, doc: 'The share of the capacity.' }),
    limitResponse: embed(2, LimitResponse, { doc: 'What becomes of requests that are too many.' }),
    lendablePercent: int32(3, { pointer: true, default: 0, doc: 'How much of it others may borrow, in percent.' }),
    borrowingLimitPercent: int32(4, { pointer: true, doc: 'How much it may borrow, in percent.' }),
  },
)
export type LimitedPriorityLevelConfiguration = Static<typeof LimitedPriorityLevelConfiguration>

export const PriorityLevelConfigurationSpec = message(
  'PriorityLevelConfigurationSpec',
  'What is wanted of the priority level configuration.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    limited: ref(2, LimitedPriorityLevelConfiguration, { doc: 'Settings of a level with limits.' }),
    exempt: ref(3, ExemptPriorityLevelConfiguration, { doc: 'Settings of a level without limits.' }),
  },
)
export type PriorityLevelConfigurationSpec = Static<typeof PriorityLevelConfigurationSpec>

export const PriorityLevelConfigurationCondition = message(
  'PriorityLevelConfigurationCondition',
  'One thing that holds, or does not, of the priority level configuration.',
  {
    type: string(1, { doc: 'Which of several kinds it is.' }),
    status: string(2, { doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type PriorityLevelConfigurationCondition = Static<typeof PriorityLevelConfigurationCondition>

export const PriorityLevelConfigurationStatus = message(
  'PriorityLevelConfigurationStatus',
  'What is known of the priority level configuration.',
  {
    conditions: list(1, PriorityLevelConfigurationCondition, {
      list: 'map',
      keys: ['type'],
      patchStrategy: 'merge',
      mergeKey: 'type',
      doc: 'What holds now, and since when.',
    }),
  },
)
export type PriorityLevelConfigurationStatus = Static<typeof PriorityLevelConfigurationStatus>

export const PriorityLevelConfiguration = object(
  'PriorityLevelConfiguration',
  'A share of the capacity of the server.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, PriorityLevelConfigurationSpec, { doc: 'What is wanted.' }),
    status: embed(3, PriorityLevelConfigurationStatus, { doc: 'What is known.' }),
  },
)
export type PriorityLevelConfiguration = Static<typeof PriorityLevelConfiguration>

export const PriorityLevelConfigurationList = object(
  'PriorityLevelConfigurationList',
  'A page of priority level configuration objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, PriorityLevelConfiguration, { required: true, doc: 'The objects.' }),
  },
)
export type PriorityLevelConfigurationList = Static<typeof PriorityLevelConfigurationList>
