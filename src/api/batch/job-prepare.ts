import type { Job } from './v1.ts'

/** Labels that say which Job a Pod is of; the names without a domain are those of old. */
const OWN = { uid: 'batch.kubernetes.io/controller-uid', name: 'batch.kubernetes.io/job-name' }
const OLD = { uid: 'controller-uid', name: 'job-name' }

/**
 * Gives a new Job a selector that no other has, and its Pods the labels for it, unless the user chooses them. A copy of
 * another Job comes with the labels of that one, which are replaced.
 */
export function prepareJob({ metadata, spec }: Job, old: Job | undefined): void {
  if (old !== undefined || spec.manualSelector === true) return
  const { uid, name } = metadata
  const labels = { [OWN.uid]: uid, [OWN.name]: name, [OLD.uid]: uid, [OLD.name]: name }
  spec.template.metadata.labels = { ...spec.template.metadata.labels, ...labels }
  const { [OLD.uid]: _, ...chosen } = spec.selector?.matchLabels ?? {}
  spec.selector = { ...spec.selector, matchLabels: { ...chosen, [OWN.uid]: uid } }
}
