import type {
  NonResourceRule,
  ResourceRule,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
  SubjectRulesReviewStatus,
} from '../../api/authorization/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import { Identity } from '../authn/identity.ts'
import type { Authorizer } from './permit.ts'
import { ask } from './question.ts'
import type { Question } from './question.ts'
import type { Rbac } from './rbac.ts'
import { MASTERS } from './authorize.ts'

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>

/** Answers a SubjectAccessReview (also the local one): whether somebody may do something. */
export function reviewAccess(
  spec: Partial<SubjectAccessReviewSpec>,
  authorizer: Authorizer,
): SubjectAccessReviewStatus {
  const { user = '', groups = [], uid = '', extra = {} } = spec
  if (user === '' && groups.length === 0)
    throw new WherryError('invalid', 'at least one of user or group must be specified')
  return reviewOwnAccess(spec, Identity.of(user, groups, { uid, extra }), authorizer)
}

/** Answers a SelfSubjectAccessReview. */
export function reviewOwnAccess(spec: Asked, identity: Identity, authorizer: Authorizer): SubjectAccessReviewStatus {
  const { decision, reason } = authorizer(identity, questionOf(spec))
  return {
    allowed: decision === 'allow',
    ...(decision === 'deny' && { denied: true }),
    ...(reason !== '' && { reason }),
  }
}

/** The question that a review puts; throws `invalid` unless it puts exactly one. */
export function questionOf({ resourceAttributes: asked, nonResourceAttributes: path }: Asked): Question {
  if ((asked === undefined) === (path === undefined)) {
    throw new WherryError('invalid', 'exactly one of nonResourceAttributes or resourceAttributes must be specified')
  }
  if (path !== undefined) return { resource: false, verb: path.verb ?? '', path: path.path ?? '' }
  const { verb = '', group = '', version = '', resource = '', subresource = '', namespace = '', name = '' } = asked!
  const fieldSelector = selectorText(asked!.fieldSelector)
  return ask(verb, {
    group,
    version,
    plural: resource,
    subresource,
    namespace,
    name,
    ...(fieldSelector && { fieldSelector }),
  })
}

type FieldSelector = NonNullable<NonNullable<SubjectAccessReviewSpec['resourceAttributes']>['fieldSelector']>

function selectorText(selector: FieldSelector | undefined): string | undefined {
  if (selector?.rawSelector) return selector.rawSelector
  const single = (selector?.requirements ?? []).filter(
    ({ operator, values }) => operator === 'In' && values?.length === 1,
  )
  return single.length === 0 ? undefined : single.map(({ key, values }) => `${key}=${values![0]}`).join(',')
}

/** Answers a SelfSubjectRulesReview: what somebody may do in a namespace, as far as roles say. */
export function reviewRules(identity: Identity, namespace: string, rbac: Rbac): SubjectRulesReviewStatus {
  if (namespace === '') throw new WherryError('bad-request', 'no namespace on request')
  const { rules, missing } = rbac.rightsOf(identity, namespace)
  const resourceRules: ResourceRule[] = []
  const nonResourceRules: NonResourceRule[] = []
  if (identity.groups.includes(MASTERS)) {
    resourceRules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
    nonResourceRules.push({ verbs: ['*'], nonResourceURLs: ['*'] })
  }
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
    if (resources !== undefined && resources.length > 0) {
      resourceRules.push({ verbs, ...(apiGroups && { apiGroups }), resources, ...(resourceNames && { resourceNames }) })
    }
    if (nonResourceURLs !== undefined && nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs })
  }
  // A node's rights depend on what runs on it, which no list of rules says.
  const incomplete = missing.length > 0 || identity.groups.includes('system:nodes')
  return {
    resourceRules,
    nonResourceRules,
    incomplete,
    ...(missing.length > 0 && { evaluationError: missing.join(', ') }),
  }
}
