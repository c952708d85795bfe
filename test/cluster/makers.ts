import type { Deployment, ReplicaSet } from '../../src/api/apps/v1.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../../src/api/core/v1.ts'
import type { Draft } from '../../src/api/meta/schema.ts'

/** Objects that are valid and say no more than they have to; `more` says the rest. */

export function makePodSpec(more: Draft<PodSpec> = {}): Draft<PodSpec> {
  return { containers: [{ name: 'main', image: 'registry.test/main:1' }], ...more }
}

export function makeTemplate(
  app: string,
  more: { annotations?: Record<string, string>; spec?: Draft<PodSpec> } = {},
): Draft<PodTemplateSpec> {
  return {
    metadata: { labels: { app }, ...(more.annotations !== undefined && { annotations: more.annotations }) },
    spec: makePodSpec(more.spec),
  }
}

export function makePod(
  name: string,
  more: { metadata?: Draft<Pod['metadata']>; spec?: Draft<PodSpec> } = {},
): Draft<Pod> {
  return { metadata: { name, namespace: 'default', ...more.metadata }, spec: makePodSpec(more.spec) }
}

export function makeReplicaSet(
  name: string,
  replicas: number,
  more: { template?: Draft<PodTemplateSpec>; spec?: Draft<ReplicaSet['spec']> } = {},
): Draft<ReplicaSet> {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: more.template ?? makeTemplate(name),
      ...more.spec,
    },
  }
}

export function makeDeployment(
  name: string,
  replicas: number,
  more: { template?: Draft<PodTemplateSpec>; spec?: Draft<Deployment['spec']> } = {},
): Draft<Deployment> {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: more.template ?? makeTemplate(name),
      ...more.spec,
    },
  }
}
