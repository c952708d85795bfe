import { WherryError } from '../../lib/errors.ts'
import type { Identity } from '../authn/identity.ts'
import { Permit } from './permit.ts'
import type { Authorize, Authorizer, Ruling } from './permit.ts'
import { resourcePath } from './question.ts'
import type { Question } from './question.ts'

/** The group whose members may do everything, whatever the roles say, so that nobody can lock the cluster. */
export const MASTERS = 'system:masters'

/** Lets the administrators' group do everything. */
export const mastersAuthorizer: Authorizer = (identity) =>
  identity.groups.includes(MASTERS) ? { decision: 'allow', reason: '' } : NO_OPINION

const NO_OPINION: Ruling = { decision: 'no-opinion', reason: '' }

/** Several authorizers as one: the first that allows or denies has the last word. */
export function firstOf(authorizers: readonly Authorizer[]): Authorizer {
  return (identity, question) => {
    let reasons = ''
    for (const authorizer of authorizers) {
      const ruling = authorizer(identity, question)
      if (ruling.decision !== 'no-opinion') return ruling
      if (ruling.reason !== '') reasons = reasons === '' ? ruling.reason : `${reasons}\n${ruling.reason}`
    }
    return reasons === '' ? NO_OPINION : { decision: 'no-opinion', reason: reasons }
  }
}

/** Turns an authorizer's word into a permit or a refusal. */
export function authorizeBy(authorizer: Authorizer): Authorize {
  return (identity, target) => {
    const { decision, reason } = authorizer(identity, target)
    if (decision === 'allow') return Permit.grant(identity, target)
    throw forbidden(identity, target, reason)
  }
}

/** The refusal that clients know, word for word. */
export function forbidden(identity: Identity, question: Question, reason = ''): WherryError {
  const sentence = refusalOf(identity, question) + (reason === '' ? '' : `: ${reason}`)
  if (!question.resource) return new WherryError('forbidden', `forbidden: ${sentence}`, { details: {} })
  const { plural, group, name } = question
  const resource = group === '' ? plural : `${plural}.${group}`
  const subject = name === '' ? resource : `${resource} ${JSON.stringify(name)}`
  return new WherryError('forbidden', `${subject} is forbidden: ${sentence}`, {
    details: { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: plural },
  })
}

function refusalOf(identity: Identity, question: Question): string {
  const who = `User ${JSON.stringify(identity.username)} cannot ${question.verb}`
  if (!question.resource) return `${who} path ${JSON.stringify(question.path)}`
  const what = `resource ${JSON.stringify(resourcePath(question))} in API group ${JSON.stringify(question.group)}`
  const where =
    question.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(question.namespace)}`
  return `${who} ${what} ${where}`
}
