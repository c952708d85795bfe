import { Namespaces } from '../../../api/core/namespace.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import { AuthorizerValue, ResourceCheck } from '../../../lib/cel/library/authorizer.ts'
import type { Variables } from '../../../lib/cel/program.ts'
import type { Authorizer } from '../../authz/permit.ts'
import type { Attempt, ObjectReader } from '../admission.ts'
import { requestOf } from '../webhooks/review.ts'
import { authorityOf } from './authority.ts'

export interface ExpressionParts {
  readonly reader: ObjectReader
  /** Who decides what somebody may do. */
  readonly authorizer: Authorizer
}

/** What expressions can name for one attempt; each is worked out when somebody asks for it. */
export function activationOf(
  attempt: Attempt,
  { reader, authorizer }: ExpressionParts,
  params?: KubeObject | undefined,
): Variables {
  const values: Readonly<Record<string, () => unknown>> = {
    object: () => attempt.object ?? null,
    oldObject: () => attempt.old ?? null,
    request: () => withoutObjects(attempt),
    namespaceObject: () => namespaceOf(attempt, reader),
    params: () => params ?? null,
    authorizer: () => new AuthorizerValue(authorityOf(authorizer, attempt.identity)),
    'authorizer.requestResource': () => requestResource(attempt, authorizer),
  }
  const known = new Map<string, unknown>()
  return (name) => {
    if (!known.has(name) && Object.hasOwn(values, name)) known.set(name, values[name]!())
    return known.get(name)
  }
}

/** The request as hooks see it, but for the objects, which have names of their own. */
function withoutObjects(attempt: Attempt): object {
  const { object: _1, oldObject: _2, ...rest } = requestOf(attempt) as Record<string, unknown>
  return { ...rest, options: rest['options'] ?? {} }
}

function namespaceOf({ kind, target }: Attempt, reader: ObjectReader): unknown {
  if (!kind.namespaced || kind === Namespaces || target.namespace === '') return null
  const namespace = reader.get(Namespaces, { name: target.namespace })
  if (namespace === undefined) return null
  const { managedFields: _1, ownerReferences: _2, ...metadata } = namespace.metadata as Record<string, unknown>
  return { ...namespace, metadata }
}

function requestResource({ target, kind, object, identity }: Attempt, authorizer: Authorizer): ResourceCheck {
  return new ResourceCheck(authorityOf(authorizer, identity), {
    group: kind.group,
    resource: kind.plural,
    subresource: target.subresource,
    namespace: kind.namespaced ? target.namespace : '',
    name: target.name || object?.metadata.name || '',
  })
}
