import type { AdmissionResponse } from '../../../api/admission/v1.ts'
import { MutatingWebhookConfigurations } from '../../../api/admissionregistration/mutating-webhook-configuration.ts'
import { ValidatingWebhookConfigurations } from '../../../api/admissionregistration/validating-webhook-configuration.ts'
import type { MutatingWebhook } from '../../../api/admissionregistration/v1.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import type { ErrorCode } from '../../../lib/errors.ts'
import { WherryError } from '../../../lib/errors.ts'
import type { Logger } from '../../../lib/log.ts'
import { applyJsonPatch } from '../../../lib/patch/json-patch.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import type { Random } from '../../../lib/random.ts'
import { newUid } from '../../rest/uid.ts'
import type { Authorizer } from '../../authz/permit.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from '../admission.ts'
import { rebuild } from '../rebuild.ts'
import { forbidden } from '../refusal.ts'
import type { CallHook } from './call.ts'
import { isAsked, isExempt } from './match.ts'
import type { Webhook } from './match.ts'
import { patchIn, readReview, reviewOf } from './review.ts'

export interface WebhookParts {
  readonly reader: ObjectReader
  readonly call: CallHook
  /** Whom conditions of hooks ask what somebody may do. */
  readonly authorizer: Authorizer
  readonly random: Random
  readonly log: Logger
}

/** Lets the servers that somebody has registered change objects, one after the other in the order of their names. */
export function mutatingWebhooks(parts: WebhookParts): AdmissionPlugin {
  const hooks = hooksOf(parts.reader, MutatingWebhookConfigurations)
  return {
    name: 'MutatingAdmissionWebhook',
    handles: (attempt) => !isExempt(attempt) && hooks().length > 0,
    mutate(attempt) {
      const all = hooks() as readonly MutatingWebhook[]
      return all.some((hook) => isAsked(hook, attempt, parts.reader)) ? mutateBy(all, attempt, parts) : attempt.object!
    },
  }
}

/** Lets the servers that somebody has registered refuse what is about to be written; all are asked at the same time. */
export function validatingWebhooks(parts: WebhookParts): AdmissionPlugin {
  const hooks = hooksOf(parts.reader, ValidatingWebhookConfigurations)
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (attempt) => !isExempt(attempt) && hooks().length > 0,
    async validate(attempt) {
      const asked = hooks().filter((hook) => isAsked(hook, attempt, parts.reader))
      const answers = await Promise.allSettled(asked.map((hook) => ask(hook, attempt, parts)))
      for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
    },
  }
}

type Configurations = typeof MutatingWebhookConfigurations | typeof ValidatingWebhookConfigurations

/** All hooks in the order in which they are asked; worked out again only when a configuration has changed. */
function hooksOf(reader: ObjectReader, kind: Configurations): () => readonly Webhook[] {
  let known: readonly Webhook[] | undefined
  reader.onChange<any>(kind as never, () => (known = undefined))
  return () =>
    (known ??= reader
      .list<any>(kind as never)
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
      .flatMap((configuration) => configuration.webhooks ?? []))
}

async function mutateBy(hooks: readonly MutatingWebhook[], attempt: Attempt, parts: WebhookParts): Promise<KubeObject> {
  let object = attempt.object!
  /** What each hook has seen last. */
  const seen = new Map<MutatingWebhook, KubeObject>()
  const round = async (hook: MutatingWebhook): Promise<void> => {
    const now: Attempt = { ...attempt, object }
    if (!isAsked(hook, now, parts.reader)) return
    const answer = await ask(hook, now, parts)
    const changed = answer === undefined ? object : changedBy(hook, answer, now)
    object = changed
    seen.set(hook, changed)
  }
  for (const hook of hooks) await round(hook)
  // Those that asked for it see once more what later ones have made of the object.
  for (const hook of hooks) {
    const before = seen.get(hook)
    if (hook.reinvocationPolicy === 'IfNeeded' && before !== undefined && !sameJson(before, object)) await round(hook)
  }
  return object
}

function changedBy(hook: Webhook, answer: AdmissionResponse, { object, kind }: Attempt): KubeObject {
  try {
    const patch = patchIn(answer)
    if (patch === undefined) return object!
    return rebuild(kind, object!, applyJsonPatch(object!, patch))
  } catch (error) {
    throw new WherryError(
      'internal',
      `failed calling webhook ${JSON.stringify(hook.name)}: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}

/** Asks one hook. Throws when it refuses, and when it cannot be asked but has to be; undefined when it need not be. */
async function ask(hook: Webhook, attempt: Attempt, parts: WebhookParts): Promise<AdmissionResponse | undefined> {
  if ((hook.matchConditions ?? []).length > 0 && !(await meetsConditions(hook, attempt, parts))) return undefined
  if (attempt.dryRun && hook.sideEffects !== 'None' && hook.sideEffects !== 'NoneOnDryRun') {
    throw new WherryError('bad-request', `admission webhook ${JSON.stringify(hook.name)} does not support dry run`)
  }
  let answer: AdmissionResponse
  try {
    const uid = newUid(parts.random)
    const body = JSON.stringify(reviewOf(attempt, uid))
    answer = readReview(await called(hook, body, parts.call), uid)
  } catch (cause) {
    const message = `failed calling webhook ${JSON.stringify(hook.name)}: ${(cause as Error).message}`
    if (hook.failurePolicy === 'Ignore') {
      parts.log.warn('a webhook that may be ignored was not reached', { webhook: hook.name, error: cause })
      return undefined
    }
    throw new WherryError('internal', message, { cause })
  }
  for (const warning of answer.warnings ?? []) attempt.warn(warning)
  if (!answer.allowed) throw refusal(hook, answer)
  return answer
}

async function meetsConditions(hook: Webhook, attempt: Attempt, parts: WebhookParts): Promise<boolean> {
  // Loaded when first needed: most hooks have no conditions.
  const [{ matchConditions }, { activationOf }] = await Promise.all([
    import('../expressions/conditions.ts'),
    import('../expressions/activation.ts'),
  ])
  const scope = { params: false, authorizer: true }
  const match = matchConditions(hook.matchConditions!, scope, activationOf(attempt, parts), hook.failurePolicy)
  if ('matches' in match) return match.matches
  throw forbidden(attempt, match.error)
}

async function called({ clientConfig, timeoutSeconds = 10 }: Webhook, body: string, call: CallHook): Promise<string> {
  try {
    return await call(clientConfig, body, timeoutSeconds * 1000)
  } catch (cause) {
    throw new WherryError('internal', `failed to call webhook: ${(cause as Error).message}`, { cause })
  }
}

/** Codes of a Status that a hook may answer with, as errors of ours. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'bad-request',
  404: 'not-found',
  409: 'conflict',
  422: 'invalid',
}

function refusal({ name }: Webhook, { status }: AdmissionResponse): WherryError {
  const { message, reason, code } = status ?? {}
  const why = message || reason
  const text = why ? `denied the request: ${why}` : 'denied the request without explanation'
  return new WherryError(CODES[code ?? 0] ?? 'forbidden', `admission webhook ${JSON.stringify(name)} ${text}`)
}
