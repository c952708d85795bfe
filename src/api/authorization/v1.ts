import { FieldSelectorRequirement, LabelSelectorRequirement, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, list, map, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'authorization.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.authorization.v1',
})

export const FieldSelectorAttributes = message('FieldSelectorAttributes', 'Field selector attributes.', {
  rawSelector: string(1, { doc: 'The selector as it was written.' }),
  requirements: list(2, FieldSelectorRequirement, { list: 'atomic', doc: 'The conditions of the selector.' }),
})
export type FieldSelectorAttributes = Static<typeof FieldSelectorAttributes>

export const LabelSelectorAttributes = message('LabelSelectorAttributes', 'Label selector attributes.', {
  rawSelector: string(1, { doc: 'The selector as it was written.' }),
  requirements: list(2, LabelSelectorRequirement, { list: 'atomic', doc: 'The conditions of the selector.' }),
})
export type LabelSelectorAttributes = Static<typeof LabelSelectorAttributes>

export const ResourceAttributes = message('ResourceAttributes', 'Resource attributes.', {
  namespace: string(1, { doc: 'The namespace that it lives in.' }),
  verb: string(2, { doc: 'What is done.' }),
  group: string(3, { doc: 'The API group; * is all.' }),
  version: string(4, { doc: 'The version; * is all.' }),
  resource: string(5, { doc: 'The resource.' }),
  subresource: string(6, { doc: 'The subresource; the object itself when empty.' }),
  name: string(7, { doc: 'Its name.' }),
  fieldSelector: ref(8, FieldSelectorAttributes, { doc: 'Fields of the objects that are meant.' }),
  labelSelector: ref(9, LabelSelectorAttributes, { doc: 'Labels of the objects that are meant.' }),
})
export type ResourceAttributes = Static<typeof ResourceAttributes>

export const NonResourceAttributes = message('NonResourceAttributes', 'Non resource attributes.', {
  path: string(1, { doc: 'The path.' }),
  verb: string(2, { doc: 'What is done.' }),
})
export type NonResourceAttributes = Static<typeof NonResourceAttributes>

export const SubjectAccessReviewSpec = message(
  'SubjectAccessReviewSpec',
  'What is wanted of the subject access review.',
  {
    resourceAttributes: ref(1, ResourceAttributes, { doc: 'The resource and what is done with it.' }),
    nonResourceAttributes: ref(2, NonResourceAttributes, { doc: 'The path and what is done with it.' }),
    user: string(3, { doc: 'The name of the user.' }),
    groups: list(4, 'string', { list: 'atomic', doc: 'The groups of the user.' }),
    extra: map(5, 'strings', { doc: 'What else is known of the user.' }),
    uid: string(6, { doc: 'Unique over all time and space; set by the server.' }),
  },
)
export type SubjectAccessReviewSpec = Static<typeof SubjectAccessReviewSpec>

export const SubjectAccessReviewStatus = message(
  'SubjectAccessReviewStatus',
  'What is known of the subject access review.',
  {
    allowed: bool(1, { required: true, doc: 'Whether it is allowed.' }),
    denied: bool(4, { doc: 'Whether it is refused for certain.' }),
    reason: string(2, { doc: 'Why, in one word.' }),
    evaluationError: string(3, { doc: 'What went wrong while finding out.' }),
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
  nonResourceURLs: list(2, 'string', { list: 'atomic', doc: 'Paths that are no resources; * at the end is any rest.' }),
})
export type NonResourceRule = Static<typeof NonResourceRule>

export const ResourceRule = message('ResourceRule', 'Resource rule.', {
  verbs: list(1, 'string', { required: true, list: 'atomic', doc: 'What may be done.' }),
  apiGroups: list(2, 'string', { list: 'atomic', doc: 'API groups; * is all.' }),
  resources: list(3, 'string', { list: 'atomic', doc: 'How much it needs, and may take at most.' }),
  resourceNames: list(4, 'string', { list: 'atomic', doc: 'Names of objects; all when empty.' }),
})
export type ResourceRule = Static<typeof ResourceRule>

export const SelfSubjectAccessReviewSpec = message(
  'SelfSubjectAccessReviewSpec',
  'What is wanted of the self subject access review.',
  {
    resourceAttributes: ref(1, ResourceAttributes, { doc: 'The resource and what is done with it.' }),
    nonResourceAttributes: ref(2, NonResourceAttributes, { doc: 'The path and what is done with it.' }),
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
  'What is wanted of the self subject rules review.',
  {
    namespace: string(1, { doc: 'The namespace that it lives in.' }),
  },
)
export type SelfSubjectRulesReviewSpec = Static<typeof SelfSubjectRulesReviewSpec>

export const SubjectRulesReviewStatus = message(
  'SubjectRulesReviewStatus',
  'What is known of the subject rules review.',
  {
    resourceRules: list(1, ResourceRule, { required: true, list: 'atomic', doc: 'What it is about.' }),
    nonResourceRules: list(2, NonResourceRule, { required: true, list: 'atomic', doc: 'What is allowed on paths.' }),
    incomplete: bool(3, { required: true, doc: 'Whether there may be more rules than these.' }),
    evaluationError: string(4, { doc: 'What went wrong while finding out.' }),
  },
)
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
