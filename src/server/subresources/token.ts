import { TokenRequest } from '../../api/authentication/v1.ts'
import type { ServiceAccount } from '../../api/core/v1.ts'
import type { ServiceAccountTokens } from '../authn/service-account-tokens.ts'
import { draftOf, mutate, validate } from '../rest/admit.ts'
import { answerProblems, bodyKind } from '../rest/incoming.ts'
import { writeRequest } from '../rest/perform.ts'
import { badRequest, notFound } from '../rest/refusals.ts'
import { keyOf } from '../rest/resource.ts'
import { objectOf } from '../rest/stored.ts'
import type { Handler } from '../rest/subresources.ts'

const requestKind = bodyKind(TokenRequest)

/** Issues a token for a ServiceAccount, bound to what the request names. */
export function tokenHandler(tokens: ServiceAccountTokens): Handler {
  return async (context, request, call) => {
    const { target, resource } = request
    const write = writeRequest(request, call, 'CreateOptions')
    const incoming = await call.body.object(requestKind)
    answerProblems(requestKind, incoming.problems, write.query.fieldValidation, call.warn)
    const entry = context.store.get(keyOf(resource, target.namespace, target.name))
    if (entry === undefined) throw notFound(resource.kind, target.name)
    const account = objectOf(resource, entry) as ServiceAccount
    const draft = draftOf('CREATE', request, resource.kind, write.query.dryRun, {})
    const asked = (await mutate(context, draft, incoming.object, undefined)) as TokenRequest
    if (asked.metadata.name && asked.metadata.name !== target.name) {
      throw badRequest(
        `metadata.name: Invalid value: ${JSON.stringify(asked.metadata.name)}: must match the service account name if specified`,
      )
    }
    await validate(context, draft, asked, undefined)
    const status = tokens.issue(account, asked.spec)
    const { namespace, name, creationTimestamp } = account.metadata
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), creationTimestamp }
    const expirationSeconds = asked.spec.expirationSeconds ?? 3600
    const spec = {
      ...asked.spec,
      audiences: asked.spec.audiences ?? tokens.audiences.slice(0, 1),
      expirationSeconds,
    }
    return { type: 'value', status: 201, message: TokenRequest, value: { ...asked, metadata, spec, status } }
  }
}
