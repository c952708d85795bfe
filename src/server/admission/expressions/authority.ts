import type { AccessAuthority, AccessQuestion, AccessRuling } from '../../../lib/cel/library/authorizer.ts'
import { Identity } from '../../authn/identity.ts'
import type { Authorizer } from '../../authz/permit.ts'
import { ask } from '../../authz/question.ts'
import type { Question } from '../../authz/question.ts'

/** Lets expressions ask what somebody may do: whoever sent the request, or a ServiceAccount. */
export function authorityOf(authorizer: Authorizer, identity: Identity): AccessAuthority {
  return {
    decide(question): AccessRuling {
      const { decision, reason } = authorizer(identity, questionOf(question))
      return { allowed: decision === 'allow', reason }
    },
    serviceAccount: (namespace, name) => authorityOf(authorizer, serviceAccountIdentity(namespace, name)),
  }
}

function questionOf(question: AccessQuestion): Question {
  if ('path' in question) return { resource: false, verb: question.verb, path: question.path }
  const { verb, group, resource, subresource, namespace, name, fieldSelector } = question
  return ask(verb, {
    plural: resource,
    group,
    version: '*',
    subresource,
    namespace,
    name,
    ...(fieldSelector === '' ? {} : { fieldSelector }),
  })
}

function serviceAccountIdentity(namespace: string, name: string): Identity {
  return Identity.of(`system:serviceaccount:${namespace}:${name}`, [
    'system:serviceaccounts',
    `system:serviceaccounts:${namespace}`,
    'system:authenticated',
  ])
}
