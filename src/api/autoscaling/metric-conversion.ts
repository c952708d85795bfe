import type * as v1 from './v1.ts'
import type * as v2 from './v2.ts'

/**
 * Metrics of version 1, which stand in annotations, and of version 2. The first has a field for each kind of target,
 * the second a target that says of which kind it is, and names a metric together with its selector.
 */
export function metricFromV1(metric: v1.MetricSpec): v2.MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric
  return compact({
    type,
    object: object && {
      describedObject: object.target,
      metric: identifier(object.metricName, object.selector),
      target: targetOf(undefined, object.averageValue, object.targetValue),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: targetOf(undefined, pods.targetAverageValue, undefined),
    },
    resource: resource && {
      name: resource.name,
      target: targetOf(resource.targetAverageUtilization, resource.targetAverageValue, undefined),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      target: targetOf(containerResource.targetAverageUtilization, containerResource.targetAverageValue, undefined),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: targetOf(undefined, external.targetAverageValue, external.targetValue),
    },
  })
}

export function metricToV1(metric: v2.MetricSpec): v1.MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric
  return compact({
    type: type as v1.MetricSpec['type'],
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      compact({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource: resource && compact({ name: resource.name, ...averages(resource.target) }),
    containerResource:
      containerResource &&
      compact({
        name: containerResource.name,
        ...averages(containerResource.target),
        container: containerResource.container,
      }),
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  })
}

export function metricStatusFromV1(metric: v1.MetricStatus): v2.MetricStatus {
  const { type, object, pods, resource, containerResource, external } = metric
  return compact({
    type,
    object: object && {
      metric: identifier(object.metricName, object.selector),
      current: currentOf(undefined, object.averageValue, object.currentValue),
      describedObject: object.target,
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: currentOf(undefined, pods.currentAverageValue, undefined),
    },
    resource: resource && {
      name: resource.name,
      current: currentOf(resource.currentAverageUtilization, resource.currentAverageValue, undefined),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      current: currentOf(containerResource.currentAverageUtilization, containerResource.currentAverageValue, undefined),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: currentOf(undefined, external.currentAverageValue, external.currentValue),
    },
  })
}

export function metricStatusToV1(metric: v2.MetricStatus): v1.MetricStatus {
  const { type, object, pods, resource, containerResource, external } = metric
  return compact({
    type: type as v1.MetricSpec['type'],
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      compact({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource: resource && compact({ name: resource.name, ...currentAverages(resource.current) }),
    containerResource:
      containerResource &&
      compact({
        name: containerResource.name,
        ...currentAverages(containerResource.current),
        container: containerResource.container,
      }),
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '0',
        currentAverageValue: external.current.averageValue,
      }),
  })
}

function identifier(name: string, selector: v2.MetricIdentifier['selector']): v2.MetricIdentifier {
  return compact({ name, selector })
}

function targetOf(
  averageUtilization: number | undefined,
  averageValue: string | undefined,
  value: string | undefined,
): v2.MetricTarget {
  if (averageUtilization !== undefined) return { type: 'Utilization', averageUtilization }
  if (averageValue !== undefined) return { type: 'AverageValue', averageValue }
  return { type: 'Value', value: value ?? '0' }
}

function currentOf(
  averageUtilization: number | undefined,
  averageValue: string | undefined,
  value: string | undefined,
): v2.MetricValueStatus {
  return compact({ value, averageValue, averageUtilization })
}

function averages(
  target: v2.MetricTarget,
): Pick<v1.ResourceMetricSource, 'targetAverageUtilization' | 'targetAverageValue'> {
  return { targetAverageUtilization: target.averageUtilization, targetAverageValue: target.averageValue }
}

function currentAverages(
  current: v2.MetricValueStatus,
): Pick<v1.ResourceMetricStatus, 'currentAverageUtilization' | 'currentAverageValue'> {
  return { currentAverageUtilization: current.averageUtilization, currentAverageValue: current.averageValue ?? '0' }
}

/** The object without what is undefined. */
function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
