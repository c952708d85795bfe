import type { Problems } from '../../meta/problems.ts'
import type { Event } from '../v1.ts'

/** Checks that an event stands where the object is that it is about; of objects without a namespace, in `default`. */
export function validateEvent({ metadata, involvedObject }: Event, problems: Problems): void {
  const namespace = involvedObject.namespace ?? ''
  const fits =
    namespace === '' ? ['default', 'kube-system'].includes(metadata.namespace ?? '') : namespace === metadata.namespace
  if (!fits) problems.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')
}
