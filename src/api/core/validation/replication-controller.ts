import type { Problems } from '../../meta/problems.ts'
import { validateLabels } from '../../meta/validate-labels.ts'
import { notNegative } from '../../meta/validate-numbers.ts'
import type { ReplicationController } from '../v1.ts'
import { validateTemplate } from './pod.ts'

/** Checks a ReplicationController. */
export function validateReplicationController({ spec }: ReplicationController, problems: Problems): void {
  const { selector = {}, template, replicas, minReadySeconds } = spec
  notNegative(replicas, 'spec.replicas', problems)
  notNegative(minReadySeconds, 'spec.minReadySeconds', problems)
  validateLabels(selector, 'spec.selector', problems)
  if (Object.keys(selector).length === 0) problems.required('spec.selector')
  if (template === undefined) {
    problems.required('spec.template')
    return
  }
  const labels = template.metadata.labels ?? {}
  if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) {
    const detail = '`selector` does not match template `labels`'
    problems.invalid('spec.template.metadata.labels', template.metadata.labels, detail)
  }
  validateTemplate(template, 'spec.template', problems)
  const { restartPolicy } = template.spec
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    problems.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])
  }
}
