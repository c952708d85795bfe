import { age, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { nodeDefaults } from './node-defaults.ts'
import { Node } from './v1.ts'
import { validateNode, validateNodeUpdate } from './validation/node.ts'

/** nodes, v1. */
export const Nodes = defineKind(Node, {
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'NodeProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: nodeDefaults,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  columns: [
    text('Status', 'Whether it is ready, and takes Pods.', ({ spec, status }) => {
      const ready = status.conditions?.find(({ type }) => type === 'Ready')
      const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
      return spec.unschedulable === true ? `${state},SchedulingDisabled` : state
    }),
    text('Roles', 'What it is there for.', ({ metadata }) => orNone(rolesOf(metadata.labels).join(','))),
    age,
    text('Version', 'The version of its agent.', ({ status }) => status.nodeInfo?.kubeletVersion),
    wide(text('Internal-IP', 'Its address in the cluster.', (node) => addressOf(node, 'InternalIP'))),
    wide(text('External-IP', 'Its address for the outside.', (node) => addressOf(node, 'ExternalIP'))),
    wide(text('OS-Image', 'Its operating system.', ({ status }) => orNone(status.nodeInfo?.osImage, '<unknown>'))),
    wide(
      text('Kernel-Version', 'Its kernel, and the kind of machine.', ({ status: { nodeInfo } }) => {
        const kernel = orNone(nodeInfo?.kernelVersion, '<unknown>')
        return nodeInfo?.architecture ? `${kernel} (${nodeInfo.architecture})` : kernel
      }),
    ),
    wide(
      text('Container-Runtime', 'What runs its containers.', ({ status }) =>
        orNone(status.nodeInfo?.containerRuntimeVersion, '<unknown>'),
      ),
    ),
  ],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable === true) },
})

const ROLE_PREFIX = 'node-role.kubernetes.io/'

function rolesOf(labels: Readonly<Record<string, string>> = {}): string[] {
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX) && key !== ROLE_PREFIX) roles.add(key.slice(ROLE_PREFIX.length))
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value)
  }
  return [...roles].toSorted()
}

function addressOf({ status }: Node, wanted: string): string {
  return orNone(status.addresses?.find(({ type }) => type === wanted)?.address)
}
