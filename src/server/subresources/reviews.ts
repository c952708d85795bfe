import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from '../../api/authorization/v1.ts'
import type { SelfSubjectReview, TokenReview } from '../../api/authentication/v1.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import type { Authenticator } from '../authn/authenticator.ts'
import type { Identity } from '../authn/identity.ts'
import type { Authorizer } from '../authz/permit.ts'
import type { Rbac } from '../authz/rbac.ts'
import { reviewAccess, reviewOwnAccess, reviewRules } from '../authz/reviews.ts'
import type { Call } from '../rest/call.ts'
import type { RestRequest } from '../rest/context.ts'
import { answerProblems } from '../rest/incoming.ts'
import { writeRequest } from '../rest/perform.ts'
import { badRequest } from '../rest/refusals.ts'
import type { Handler } from '../rest/subresources.ts'

export interface ReviewOptions {
  readonly authorizer: Authorizer
  readonly rbac: Rbac
  readonly authenticator: Authenticator
}

/** Kinds whose objects are questions: they are answered, not stored. */
export function reviewHandlers({ authorizer, rbac, authenticator }: ReviewOptions): [string, Handler][] {
  return [
    [
      'subjectaccessreviews.authorization.k8s.io',
      answered<SubjectAccessReview>((review) => ({ ...review, status: reviewAccess(review.spec, authorizer) })),
    ],
    [
      'localsubjectaccessreviews.authorization.k8s.io',
      answered<LocalSubjectAccessReview>((review, { target }) => {
        if (review.spec.resourceAttributes?.namespace !== target.namespace) {
          throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${target.namespace}`)
        }
        return { ...review, status: reviewAccess(review.spec, authorizer) }
      }),
    ],
    [
      'selfsubjectaccessreviews.authorization.k8s.io',
      answered<SelfSubjectAccessReview>((review, _request, identity) => ({
        ...review,
        status: reviewOwnAccess(review.spec, identity, authorizer),
      })),
    ],
    [
      'selfsubjectrulesreviews.authorization.k8s.io',
      answered<SelfSubjectRulesReview>((review, _request, identity) => ({
        ...review,
        status: reviewRules(identity, review.spec.namespace ?? '', rbac),
      })),
    ],
    [
      'selfsubjectreviews.authentication.k8s.io',
      answered<SelfSubjectReview>((review, _request, { username, uid, groups, extra }) => ({
        ...review,
        status: {
          userInfo: {
            username,
            ...(uid === '' ? {} : { uid }),
            groups: [...groups],
            ...(Object.keys(extra).length === 0 ? {} : { extra: mutable(extra) }),
          },
        },
      })),
    ],
    [
      'tokenreviews.authentication.k8s.io',
      answered<TokenReview>((review) => ({ ...review, status: authenticator.reviewToken(review.spec) })),
    ],
  ]
}

function mutable(extra: Identity['extra']): Record<string, string[]> {
  return Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
}

type Review<T> = (review: T, request: RestRequest, identity: Identity) => T | Promise<T>

function answered<T extends KubeObject>(review: Review<T>): Handler {
  return async (_context, request: RestRequest, call: Call) => {
    const { kind } = request.resource
    const write = writeRequest(request, call, 'CreateOptions')
    const { object, problems } = await call.body.object(kind)
    answerProblems(kind, problems, write.query.fieldValidation, call.warn)
    return { type: 'object', status: 201, kind, object: await review(object as T, request, call.identity) }
  }
}
