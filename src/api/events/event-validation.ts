import type { Problems } from '../meta/problems.ts'
import type { Event } from './v1.ts'

/** Checks an event of the newer form, which says more than the older one has to. */
export function validateEvent(event: Event, problems: Problems): void {
  const { metadata, regarding, eventTime, action = '', reason = '', type = '' } = event
  const { reportingController = '', reportingInstance = '', note = '' } = event
  const namespace = regarding?.namespace ?? ''
  const fits =
    namespace === '' ? ['default', 'kube-system'].includes(metadata.namespace ?? '') : namespace === metadata.namespace
  if (!fits) problems.invalid('regarding.namespace', namespace, 'does not match event.namespace')
  if (eventTime === undefined) problems.required('eventTime')
  for (const [field, value, max] of [
    ['reportingController', reportingController, 253],
    ['reportingInstance', reportingInstance, 128],
    ['action', action, 128],
    ['reason', reason, 128],
  ] as const) {
    if (value === '') problems.required(field)
    else if (value.length > max) problems.invalid(field, value, `can have at most ${max} characters`)
  }
  if (type !== 'Normal' && type !== 'Warning') {
    problems.invalid('type', type, 'has invalid value: ' + JSON.stringify(type))
  }
  if (note.length > 1024) problems.invalid('note', note, 'can have at most 1024 characters')
}
