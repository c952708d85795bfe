import { Scale } from '../../api/autoscaling/v1.ts'
import { decodeObject } from '../../api/meta/decode.ts'
import { fieldPath, setField } from '../../api/custom/field-path.ts'
import type { Kind, KubeObject, ScalePaths } from '../../api/meta/kind.ts'
import { applyStrategicMerge } from '../../api/meta/patch/strategic-merge.ts'
import { formatSelector } from '../../api/meta/selectors.ts'
import type { LabelSelector } from '../../api/meta/v1.ts'
import { applyJsonPatch } from '../../lib/patch/json-patch.ts'
import type { JsonObject } from '../../lib/patch/json.ts'
import { applyMergePatch } from '../../lib/patch/merge-patch.ts'
import type { Answer } from '../rest/answer.ts'
import { answerProblems, bodyKind } from '../rest/incoming.ts'
import type { IncomingPatch } from '../rest/patch.ts'
import { writeRequest } from '../rest/perform.ts'
import { conflict, invalid, MODIFIED, notFound } from '../rest/refusals.ts'
import { keyOf } from '../rest/resource.ts'
import { objectOf, readableEntry } from '../rest/stored.ts'
import type { Handler } from '../rest/subresources.ts'
import { changeObject } from '../rest/update.ts'

/** What all kinds that can be scaled have. */
interface Scalable extends KubeObject {
  spec: { replicas?: number; selector?: LabelSelector | Readonly<Record<string, string>> }
  status: { replicas?: number }
}

const scaleKind = bodyKind(Scale)

/** The one number of a Deployment and the like, without the rest of it. */
export const scale: Handler = async (context, request, call) => {
  const { target, resource } = request
  const { kind } = resource
  if (target.verb === 'get') {
    const entry = context.store.get(keyOf(resource, target.namespace, target.name))
    if (entry === undefined) throw notFound(kind, target.name)
    return answer(scaleOf(kind, objectOf(resource, await readableEntry(resource, entry))))
  }
  const write = writeRequest(request, call, target.verb === 'patch' ? 'PatchOptions' : 'UpdateOptions')
  const patch = target.verb === 'patch' ? await call.body.patch() : undefined
  const sent = patch === undefined ? await call.body.object(scaleKind) : undefined
  if (sent !== undefined) answerProblems(scaleKind, sent.problems, write.query.fieldValidation, call.warn)
  const written = await changeObject(context, write, (old) => {
    const present = scaleOf(kind, old)
    const wanted = patch === undefined ? (sent!.object as Scale) : patched(present, patch)
    const { resourceVersion, uid } = wanted.metadata
    if (resourceVersion && resourceVersion !== present.metadata.resourceVersion) {
      throw conflict(kind, target.name, MODIFIED)
    }
    if (uid && uid !== present.metadata.uid) {
      throw conflict(
        kind,
        target.name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${present.metadata.uid}`,
      )
    }
    const replicas = wanted.spec.replicas ?? 0
    if (replicas < 0) {
      const message = `Invalid value: ${replicas}: must be greater than or equal to 0`
      throw invalid({ ...kind, ...scaleKind, group: Scale.group } as typeof kind, target.name, [
        { reason: 'FieldValueInvalid', field: 'spec.replicas', message },
      ])
    }
    const object = structuredClone(old)
    setField(object, kind.subresources['scale']?.scalePaths?.specReplicasPath ?? '.spec.replicas', replicas)
    return { object, resetsOwners: false }
  })
  return answer(scaleOf(kind, 'entry' in written ? objectOf(resource, written.entry) : written.object))
}

function answer(value: Scale): Answer {
  return { type: 'value', status: 200, message: Scale, value }
}

function scaleOf(kind: Kind, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const paths = kind.subresources['scale']?.scalePaths
  const { spec, status, selector } = paths === undefined ? numbersOf(object as Scalable) : numbersAt(paths, object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: spec === 0 ? {} : { replicas: spec },
    status: { replicas: status, ...(selector === '' ? {} : { selector }) },
  } as Scale
}

interface Numbers {
  readonly spec: number
  readonly status: number
  readonly selector: string
}

function numbersOf({ spec, status }: Scalable): Numbers {
  return { spec: spec.replicas ?? 0, status: status.replicas ?? 0, selector: selectorText(spec.selector) }
}

/** A custom resource keeps them where its definition says. */
function numbersAt({ specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths, object: object): Numbers {
  const read = (path: string | undefined): unknown => (path === undefined ? undefined : fieldPath(path)?.(object))
  return {
    spec: Number(read(specReplicasPath) ?? 0),
    status: Number(read(statusReplicasPath) ?? 0),
    selector: String(read(labelSelectorPath) ?? ''),
  }
}

/** A ReplicationController has a plain map where its successors have a selector. */
function selectorText(selector: Scalable['spec']['selector']): string {
  if (selector === undefined) return ''
  const isPlain = Object.values(selector).every((value) => typeof value === 'string')
  return formatSelector(isPlain ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector))
}

function patched(present: Scale, { type, value }: IncomingPatch): Scale {
  const target = present as unknown as JsonObject
  const next =
    type === 'json'
      ? applyJsonPatch(target, value)
      : type === 'strategic'
        ? applyStrategicMerge({ message: Scale }, target, value)
        : applyMergePatch(target, value)
  return decodeObject(Scale, next).object
}
