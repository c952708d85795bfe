import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { AdmissionPlugin, Attempt } from '../admission/admission.ts'
import type { RestContext, RestRequest } from './context.ts'

/** What an attempt is about, without the objects. */
export type AttemptDraft = Omit<Attempt, 'object' | 'old'>

/** Lets every plug-in that cares change the object, in their order. */
export function mutate(
  context: RestContext,
  draft: AttemptDraft,
  object: KubeObject,
  old: KubeObject | undefined,
  first = 0,
): KubeObject | Promise<KubeObject> {
  const { admission } = context
  let current = object
  for (let i = first; i < admission.length; i++) {
    const plugin = admission[i]!
    if (plugin.mutate === undefined) continue
    const attempt: Attempt = { ...draft, object: current, old }
    if (!plugin.handles(attempt)) continue
    try {
      const result = plugin.mutate(attempt)
      if (result instanceof Promise) {
        return result.then(
          (next) => mutate(context, draft, next, old, i + 1),
          (error: unknown) => refuse(context, plugin, attempt, error),
        )
      }
      current = result
    } catch (error) {
      refuse(context, plugin, attempt, error)
    }
  }
  return current
}

/** Lets every plug-in that cares refuse. */
export async function validate(
  context: RestContext,
  draft: AttemptDraft,
  object: KubeObject | undefined,
  old: KubeObject | undefined,
): Promise<void> {
  const attempt: Attempt = { ...draft, object, old }
  for (const plugin of context.admission) {
    if (plugin.validate === undefined || !plugin.handles(attempt)) continue
    try {
      const waits = plugin.validate(attempt)
      if (waits !== undefined) await waits
    } catch (error) {
      refuse(context, plugin, attempt, error)
    }
  }
}

/** Says why in the journal of decisions, and to whoever asked. */
function refuse(
  { recorder, clock }: RestContext,
  plugin: AdmissionPlugin,
  { target, object, old }: Attempt,
  error: unknown,
): never {
  if (isWherryError(error)) {
    recorder.record({
      at: clock.now(),
      by: `admission/${plugin.name}`,
      about: {
        resource: target.group === '' ? target.plural : `${target.plural}.${target.group}`,
        ...(target.namespace === '' ? {} : { namespace: target.namespace }),
        name: object?.metadata.name || target.name || object?.metadata.generateName || '',
      },
      verdict: 'refused',
      reason: 'AdmissionRefused',
      message: error.message,
      because: ownersOf(object ?? old),
      ...(error.hint === undefined ? {} : { help: error.hint }),
    })
  }
  throw error
}

/** A refusal is of interest to whoever wanted the object: `why` finds it through its owner. */
function ownersOf(
  object: KubeObject | undefined,
): { message: string; ref: { resource: string; namespace?: string; name: string; uid: string } }[] {
  return (object?.metadata.ownerReferences ?? []).map(({ apiVersion, kind, name, uid }) => ({
    message: `it was made for ${kind} ${name}`,
    ref: {
      resource: `${kind.toLowerCase()}s${apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''}`,
      ...(object?.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
      name,
      uid,
    },
  }))
}

export function draftOf(
  operation: Attempt['operation'],
  { permit, target, warn }: RestRequest,
  kind: Kind,
  dryRun: boolean,
  options: Attempt['options'],
): AttemptDraft {
  return { operation, kind, target, identity: permit.identity, dryRun, options, warn }
}
