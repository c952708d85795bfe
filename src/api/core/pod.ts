import { age, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { podDefaults } from './pod-defaults.ts'
import { Pod } from './v1.ts'
import { summarize } from './pod-summary.ts'
import { ageOf } from '../meta/ages.ts'
import {
  validateEphemeralUpdate,
  validatePod,
  validatePodCreate,
  validatePodStatus,
  validatePodUpdate,
} from './validation/pod.ts'

/** pods, v1. */
export const Pods = defineKind(Pod, {
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    attach: { verbs: ['create', 'get'], kind: 'PodAttachOptions' },
    binding: { verbs: ['create'], kind: 'Binding' },
    ephemeralcontainers: { verbs: ['get', 'patch', 'update'] },
    eviction: { verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
    exec: { verbs: ['create', 'get'], kind: 'PodExecOptions' },
    log: { verbs: ['get'] },
    portforward: { verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'PodProxyOptions' },
    resize: { verbs: ['get', 'patch', 'update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: podDefaults,
  validate: validatePod,
  validateCreate: validatePodCreate,
  validateUpdate(pod, old, problems, subresource) {
    if (subresource === '') validatePodUpdate(pod, old, problems)
    else if (subresource === 'ephemeralcontainers') validateEphemeralUpdate(pod, old, problems)
  },
  validateStatus: validatePodStatus,
  columns: [
    text('Ready', 'How many of the containers are ready.', (pod) => {
      const { ready, containers } = summarize(pod)
      return `${ready}/${containers}`
    }),
    text('Status', 'Where the Pod stands, in one word.', (pod) => summarize(pod).status),
    text('Restarts', 'How often containers were started again, and when last.', (pod, nowMs) => {
      const { restarts, lastRestart } = summarize(pod)
      return restarts === 0 || lastRestart === undefined
        ? `${restarts}`
        : `${restarts} (${ageOf(lastRestart, nowMs)} ago)`
    }),
    age,
    wide(text('IP', 'The address of the Pod.', ({ status }) => orNone(status.podIPs?.[0]?.ip))),
    wide(text('Node', 'The node that it is bound to.', ({ spec }) => orNone(spec.nodeName))),
    wide(
      text('Nominated Node', 'The node that is being cleared for it.', ({ status }) =>
        orNone(status.nominatedNodeName),
      ),
    ),
    wide(
      text(
        'Readiness Gates',
        'How many of the conditions that others set for its readiness are true.',
        ({ spec, status }) => {
          const gates = spec.readinessGates ?? []
          const open = gates.filter(({ conditionType }) =>
            status.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
          )
          return gates.length === 0 ? '<none>' : `${open.length}/${gates.length}`
        },
      ),
    ),
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork === true),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIP ?? '',
    'status.podIPs': ({ status }) => status.podIP ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
})
