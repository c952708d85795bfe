import { CustomResourceDefinitions } from '../../api/apiextensions/custom-resource-definition.ts'
import type { CustomResourceDefinition } from '../../api/apiextensions/v1.ts'
import { customKinds } from '../../api/custom/custom-kind.ts'
import { formatTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { ObjectApi } from '../api-server.ts'
import type { StatusWriter } from '../rest/status-writer.ts'
import { CLEANUP, withCondition } from './names.ts'

const AGAIN_MS = 500

export interface CleanupOptions {
  readonly reader: ObjectReader
  readonly write: StatusWriter
  readonly api: () => ObjectApi
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Deletes the objects of definitions that are being deleted, and lets go of a definition when none is left. */
export function cleanDefinitions({ reader, write, api, clock, log, signal }: CleanupOptions): void {
  const working = new Set<string>()

  const clean = async (definition: CustomResourceDefinition): Promise<void> => {
    const { name, uid } = definition.metadata
    if (working.has(uid) || signal.aborted) return
    working.add(uid)
    let isDone = false
    try {
      isDone = await step(definition)
    } catch (error) {
      if (!isWherryError(error, 'conflict', 'not-found')) {
        log.error('the objects of a custom resource could not be deleted', { definition: name, error })
      }
    } finally {
      working.delete(uid)
    }
    if (isDone || signal.aborted) return
    // Finalizers of the objects may take their time.
    clock.after(AGAIN_MS, () => {
      const now = reader.get(CustomResourceDefinitions, { name })
      if (now?.metadata.uid === uid) void clean(now)
    })
  }

  /** Whether nothing is left to do. */
  const step = async (definition: CustomResourceDefinition): Promise<boolean> => {
    const { metadata } = definition
    if (!(metadata.finalizers ?? []).includes(CLEANUP)) return true
    await write(CustomResourceDefinitions, metadata, ({ status }) => {
      const condition = { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress' }
      if (status.conditions.some(({ type }) => type === condition.type)) return undefined
      return { ...status, conditions: withCondition(status.conditions, condition, formatTime(clock.now())) }
    })
    // Each object goes in the version in which it is stored, served or not: nobody has to convert it for that.
    const kinds = customKinds({
      ...definition,
      spec: { ...definition.spec, versions: definition.spec.versions.map((one) => ({ ...one, served: true })) },
    })
    const stored = kinds[0]?.storedAs?.kind
    const objects = stored === undefined ? [] : reader.list(stored)
    for (const { apiVersion, metadata: one } of objects) {
      if (one.deletionTimestamp !== undefined) continue
      const kind = kinds.find((candidate) => candidate.apiVersion === apiVersion) ?? kinds[0]!
      await api().delete(kind, one, { preconditions: { uid: one.uid } })
    }
    if (stored !== undefined && reader.list(stored).length > 0) return false
    const finalizers = (metadata.finalizers ?? []).filter((one) => one !== CLEANUP)
    await api().patch(
      CustomResourceDefinitions,
      metadata,
      {
        metadata: {
          uid: metadata.uid,
          resourceVersion: reader.get(CustomResourceDefinitions, metadata)?.metadata.resourceVersion,
          finalizers,
        },
      },
      { type: 'merge' },
    )
    return true
  }

  const look = (definition: CustomResourceDefinition | undefined): void => {
    if (definition?.metadata.deletionTimestamp !== undefined) void clean(definition)
  }
  const stop = reader.onChange(CustomResourceDefinitions, look)
  signal.addEventListener('abort', stop, { once: true })
  for (const definition of reader.list(CustomResourceDefinitions)) look(definition)
}
