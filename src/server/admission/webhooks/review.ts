import type { AdmissionResponse } from '../../../api/admission/v1.ts'
import { WherryError } from '../../../lib/errors.ts'
import type { Attempt } from '../admission.ts'

/** The question that a hook is asked. */
export function reviewOf(attempt: Attempt, uid: string): object {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { uid, ...requestOf(attempt) },
  }
}

/** What is asked for, by whom, and with which objects. */
export function requestOf(attempt: Attempt): object {
  const { kind, target, operation, identity, object, old, dryRun, options } = attempt
  const { group, version, plural } = kind
  const about = {
    kind: { group, version, kind: object?.kind ?? old?.kind ?? kind.kind },
    resource: { group, version, resource: plural },
    ...(target.subresource === '' ? {} : { subResource: target.subresource }),
  }
  return {
    ...about,
    requestKind: about.kind,
    requestResource: about.resource,
    ...(target.subresource === '' ? {} : { requestSubResource: target.subresource }),
    name: target.name || object?.metadata.name || '',
    ...(target.namespace === '' ? {} : { namespace: target.namespace }),
    operation,
    userInfo: {
      username: identity.username,
      ...(identity.uid === '' ? {} : { uid: identity.uid }),
      groups: identity.groups,
      ...(Object.keys(identity.extra).length === 0 ? {} : { extra: identity.extra }),
    },
    object: object ?? null,
    oldObject: old ?? null,
    dryRun,
    options: Object.keys(options).length === 0 ? null : options,
  }
}

/** Reads an answer; throws `internal` for what is none. */
export function readReview(text: string, uid: string): AdmissionResponse {
  let value: { kind?: unknown; response?: Partial<AdmissionResponse> }
  try {
    value = JSON.parse(text) as typeof value
  } catch (cause) {
    throw new WherryError('internal', 'the answer is no JSON', { cause })
  }
  const { response } = value
  if (value.kind !== 'AdmissionReview' || response === undefined || response === null) {
    throw new WherryError('internal', 'the answer is no AdmissionReview with a response')
  }
  if (response.uid !== uid) {
    throw new WherryError(
      'internal',
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid)}`,
    )
  }
  return { ...response, uid, allowed: response.allowed === true }
}

/** The JSON patch of an answer, or undefined. */
export function patchIn({ patch, patchType }: AdmissionResponse): unknown[] | undefined {
  if (patch === undefined || patch === '') return undefined
  if (patchType !== 'JSONPatch')
    throw new WherryError('internal', `unsupported patch type ${JSON.stringify(patchType)}`)
  const list = JSON.parse(Buffer.from(patch, 'base64').toString()) as unknown
  if (!Array.isArray(list)) throw new WherryError('internal', 'the patch is no list of operations')
  return list
}
