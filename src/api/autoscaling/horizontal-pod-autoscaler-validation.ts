import type { Problems } from '../meta/problems.ts'
import { compareQuantities } from '../meta/quantity.ts'
import type { HorizontalPodAutoscaler, HPAScalingRules, MetricSpec } from './v2.ts'

/** Checks between how many Pods there are to be, and by what that is measured. */
export function validateHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler, problems: Problems): void {
  const { minReplicas, maxReplicas, metrics = [], behavior } = spec
  if (minReplicas !== undefined && minReplicas < 1) {
    problems.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')
  }
  if (maxReplicas < 1) problems.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    problems.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
  }
  metrics.forEach((metric, i) => validateMetric(metric, `spec.metrics[${i}]`, problems))
  for (const name of ['scaleUp', 'scaleDown'] as const) {
    if (behavior?.[name] !== undefined) validateRules(behavior[name], `spec.behavior.${name}`, problems)
  }
}

/** Each type of metric with the field that describes it. */
const SOURCES: Readonly<Record<string, 'object' | 'pods' | 'resource' | 'external' | 'containerResource'>> = {
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
  External: 'external',
  ContainerResource: 'containerResource',
}

function validateMetric(metric: MetricSpec, field: string, problems: Problems): void {
  const { type } = metric
  const name = SOURCES[type]
  if (name === undefined) {
    if (type !== '') problems.notSupported(`${field}.type`, type, Object.keys(SOURCES))
    return
  }
  const given = Object.values(SOURCES).filter((one) => metric[one] !== undefined)
  if (!given.includes(name))
    problems.required(`${field}.${name}`, 'must populate information for the given metric source')
  for (const other of given) {
    if (other !== name) problems.forbidden(`${field}.${other}`, `must populate the given metric source only`)
  }
  const target = metric[name]?.target
  if (target === undefined) return
  const path = `${field}.${name}.target`
  const { averageUtilization, averageValue, value } = target
  if (averageUtilization !== undefined && averageUtilization < 1) {
    problems.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')
  }
  for (const [key, amount] of Object.entries({ averageValue, value })) {
    if (amount !== undefined && compareQuantities(amount, '0') <= 0) {
      problems.invalid(`${path}.${key}`, amount, 'must be positive')
    }
  }
  if (averageUtilization === undefined && averageValue === undefined && value === undefined) {
    const what = name === 'resource' || name === 'containerResource' ? 'averageUtilization' : 'averageValue'
    problems.required(`${path}.${what}`, 'must set either a target raw value or a target utilization')
  }
}

const WINDOW_SECONDS_MAX = 3600
const PERIOD_SECONDS_MAX = 1800
const SELECT_POLICIES = ['Disabled', 'Max', 'Min']

function validateRules(rules: HPAScalingRules, field: string, problems: Problems): void {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules
  if (window !== undefined && (window < 0 || window > WINDOW_SECONDS_MAX)) {
    const detail =
      window < 0 ? 'must be greater than or equal to zero' : `must be less than or equal to ${WINDOW_SECONDS_MAX}`
    problems.invalid(`${field}.stabilizationWindowSeconds`, window, detail)
  }
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy)) {
    problems.notSupported(`${field}.selectPolicy`, selectPolicy, SELECT_POLICIES)
  }
  for (const [i, { type, value, periodSeconds }] of policies.entries()) {
    const path = `${field}.policies[${i}]`
    if (type !== '' && type !== 'Pods' && type !== 'Percent')
      problems.notSupported(`${path}.type`, type, ['Percent', 'Pods'])
    if (value <= 0) problems.invalid(`${path}.value`, value, 'must be greater than zero')
    if (periodSeconds <= 0) problems.invalid(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero')
    else if (periodSeconds > PERIOD_SECONDS_MAX) {
      problems.invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_SECONDS_MAX}`)
    }
  }
}
