import { FieldSelectorRequirement, LabelSelectorRequirement, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, list, map, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'authorization.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.authorization.v1',
})

export const FieldSelectorAttributes = message('FieldSelectorAttributes', 'Field selector attributes.', {
  rawSelector: string(1, { doc: 'Raw selector.' }),
  requirements: list(2, FieldSelectorRequirement, { list: 'atomic', doc: 'Requirements.' }),
})
export type FieldSelectorAttributes = Static<typeof FieldSelectorAttributes>

export const LabelSelectorAttributes = message('LabelSelectorAttributes', 'Label selector attributes.', {
  rawSelector: string(1, { doc: 'Raw selector.' }),
  requirements: list(2, LabelSelectorRequirement, { list: 'atomic', doc: 'Requirements.' }),
})
export type LabelSelectorAttributes = Static<typeof LabelSelectorAttributes>

export const ResourceAttributes = message('ResourceAttributes', 'Resource attributes.', {
  namespace: string(1, { doc: 'The namespace that it lives in.' }),
  verb: string(2, { doc: 'Verb.' }),
  group: string(3, { doc: 'Group.' }),
  version: string(4, { doc: 'Version.' }),
  resource: string(5, { doc: 'Resource.' }),
  subresource: string(6, { doc: 'Subresource.' }),
  name: string(7, { doc: 'Its name.' }),
  fieldSelector: ref(8, FieldSelectorAttributes, { doc: 'Field selector.' }),
  labelSelector: ref(9, LabelSelectorAttributes, { doc: 'Label selector.' }),
})
export type ResourceAttributes = Static<typeof ResourceAttributes>

export const NonResourceAttributes = message('NonResourceAttributes', 'Non resource attributes.', {
  path: string(1, { doc: 'The path.' }),
  verb: string(2, { doc: 'Verb.' }),
})
export type NonResourceAttributes = Static<typeof NonResourceAttributes>

export const SubjectAccessReviewSpec = message('SubjectAccessReviewSpec', 'What is wanted of: subject access review.', {
  resourceAttributes: ref(1, ResourceAttributes, { doc: 'Resource attributes.' }),
  nonResourceAttributes: ref(2, NonResourceAttributes, { doc: 'Non resource attributes.' }),
  user: string(3, { doc: 'User.' }),
  groups: list(4, 'string', { list: 'atomic', doc: 'Groups.' }),
  extra: map(5, 'strings', { doc: 'Extra, by key.' }),
  uid: string(6, { doc: 'Unique over all time and space; set by the server.' }),
})
export type SubjectAccessReviewSpec = Static<typeof SubjectAccessReviewSpec>

export const SubjectAccessReviewStatus = message(
  'SubjectAccessReviewStatus',
  'What is known of: subject access review.',
  {
    allowed: bool(1, { required: true, doc: 'Whether: allowed.' }),
    denied: bool(4, { doc: 'Whether: denied.' }),
    reason: string(2, { doc: 'Why, in one word.' }),
    evaluationError: string(3, { doc: 'Evaluation error.' }),
  },
)
export type SubjectAccessReviewStatus = Static<typeof SubjectAccessReviewStatus>

export const LocalSubjectAccessReview = object(
  'LocalSubjectAccessReview',
  'Asks whether somebody may do something in a namespace.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, SubjectAccessReviewSpec, { required: true, doc: 'What is wanted.' }),
    status: embed(3, SubjectAccessReviewStatus, { doc: 'What is known.' }),
  },
)
export type LocalSubjectAccessReview = Static<typeof LocalSubjectAccessReview>

export const NonResourceRule = message('NonResourceRule', 'Non resource rule.', {
  verbs: list(1, 'string', { required: true, list: 'atomic', doc: 'What may be done.' }),
  nonResourceURLs: list(2, 'string', { list: 'atomic', doc: 'Non resource URLs.' }),
})
export type NonResourceRule = Static<typeof NonResourceRule>

export const ResourceRule = message('ResourceRule', 'Resource rule.', {
  verbs: list(1, 'string', { required: true, list: 'atomic', doc: 'What may be done.' }),
  apiGroups: list(2, 'string', { list: 'atomic', doc: 'Api groups.' }),
  resources: list(3, 'string', { list: 'atomic', doc: 'How much it needs, and may take at most.' }),
  resourceNames: list(4, 'string', { list: 'atomic', doc: 'Resource names.' }),
})
export type ResourceRule = Static<typeof ResourceRule>

export const SelfSubjectAccessReviewSpec = message(
  'SelfSubjectAccessReviewSpec',
  'What is wanted of: self subject access review.',
  {
    resourceAttributes: ref(1, ResourceAttributes, { doc: 'Resource attributes.' }),
    nonResourceAttributes: ref(2, NonResourceAttributes, { doc: 'Non resource attributes.' }),
  },
)
export type SelfSubjectAccessReviewSpec = Static<typeof SelfSubjectAccessReviewSpec>

export const SelfSubjectAccessReview = object('SelfSubjectAccessReview', 'Asks whether one may do something.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, SelfSubjectAccessReviewSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, SubjectAccessReviewStatus, { doc: 'What is known.' }),
})
export type SelfSubjectAccessReview = Static<typeof SelfSubjectAccessReview>

export const SelfSubjectRulesReviewSpec = message(
  'SelfSubjectRulesReviewSpec',
  'What is wanted of: self subject rules review.',
  {
    namespace: string(1, { doc: 'The namespace that it lives in.' }),
  },
)
export type SelfSubjectRulesReviewSpec = Static<typeof SelfSubjectRulesReviewSpec>

export const SubjectRulesReviewStatus = message('SubjectRulesReviewStatus', 'What is known of: subject rules review.', {
  resourceRules: list(1, ResourceRule, { required: true, list: 'atomic', doc: 'Resource rules.' }),
  nonResourceRules: list(2, NonResourceRule, { required: true, list: 'atomic', doc: 'Non resource rules.' }),
  incomplete: bool(3, { required: true, doc: 'Whether: incomplete.' }),
  evaluationError: string(4, { doc: 'Evaluation error.' }),
})
export type SubjectRulesReviewStatus = Static<typeof SubjectRulesReviewStatus>

export const SelfSubjectRulesReview = object('SelfSubjectRulesReview', 'Asks what one may do in a namespace.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, SelfSubjectRulesReviewSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, SubjectRulesReviewStatus, { doc: 'What is known.' }),
})
export type SelfSubjectRulesReview = Static<typeof SelfSubjectRulesReview>

export const SubjectAccessReview = object('SubjectAccessReview', 'Asks whether somebody may do something.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, SubjectAccessReviewSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, SubjectAccessReviewStatus, { doc: 'What is known.' }),
})
export type SubjectAccessReview = Static<typeof SubjectAccessReview>
