import { Pods } from '../../api/core/pod.ts'
import type { Pod } from '../../api/core/v1.ts'
import { ResourceSlices } from '../../api/resource/resource-slice.ts'
import { VolumeAttachments } from '../../api/storage/volume-attachment.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Identity } from '../authn/identity.ts'
import { NODE_RULES } from './default-cluster-roles.ts'
import { NodeGraph } from './node-graph.ts'
import type { Authorizer, Ruling } from './permit.ts'
import type { ResourceQuestion } from './question.ts'
import { allows } from './rules.ts'

const NODES_GROUP = 'system:nodes'
const NODE_USER = 'system:node:'
const LEASE_NAMESPACE = 'kube-node-lease'

/** The node that an identity is, or undefined: its name alone does not make it one. */
export function nodeOf({ username, groups }: Identity): string | undefined {
  if (!username.startsWith(NODE_USER) || username.length === NODE_USER.length) return undefined
  return groups.includes(NODES_GROUP) ? username.slice(NODE_USER.length) : undefined
}

const ALLOW: Ruling = { decision: 'allow', reason: '' }
const NO_OPINION: Ruling = { decision: 'no-opinion', reason: '' }
const no = (reason: string): Ruling => ({ decision: 'no-opinion', reason })

type Judge = (node: string, question: ResourceQuestion) => Ruling

/** Lets a node do its work: read what the Pods bound to it name, and write what is its own. */
export function nodeAuthorizer(objects: ObjectReader): { readonly authorizer: Authorizer; close(): void } {
  const graph = new NodeGraph(objects)
  const judges = judgesOf(objects, graph)
  const authorizer: Authorizer = (identity, question) => {
    const node = nodeOf(identity)
    if (node === undefined) return NO_OPINION
    if (question.resource) {
      const judge = judges[question.group === '' ? question.plural : `${question.plural}.${question.group}`]
      if (judge !== undefined) return judge(node, question)
    }
    return byRules(question)
  }
  return { authorizer, close: () => graph.close() }
}

function byRules(question: Parameters<Authorizer>[1]): Ruling {
  return NODE_RULES.some((rule) => allows(rule, question)) ? ALLOW : NO_OPINION
}

function judgesOf(objects: ObjectReader, graph: NodeGraph): Readonly<Record<string, Judge>> {
  /** Reads one object that a Pod on the node names; a list or watch of that one is fine too. */
  const needed =
    (resource: Parameters<NodeGraph['needs']>[1], verbs: readonly string[]): Judge =>
    (node, question) => {
      if (question.subresource !== '' || !verbs.includes(question.verb))
        return no(`can only ${verbs.join(', ')} ${resource}`)
      if (question.name === '' || question.namespace === '')
        return no('can only read namespaced object of this type by name')
      return related(graph.needs(node, resource, question.namespace, question.name), node)
    }
  const read = ['get', 'list', 'watch']
  const readClaim = needed('persistentvolumeclaims', ['get'])
  const readAccount = needed('serviceaccounts', ['get'])
  return {
    secrets: needed('secrets', read),
    configmaps: needed('configmaps', read),
    'resourceclaims.resource.k8s.io': needed('resourceclaims', ['get']),
    persistentvolumeclaims(node, question) {
      if (question.subresource !== 'status') return readClaim(node, question)
      if (!['get', 'update', 'patch'].includes(question.verb)) return no('can only get, update and patch the status')
      return related(graph.needs(node, 'persistentvolumeclaims', question.namespace, question.name), node)
    },
    persistentvolumes: (node, { verb, subresource, name }) =>
      verb === 'get' && subresource === '' ? related(graph.needsVolume(node, name), node) : no('can only get volumes'),
    'volumeattachments.storage.k8s.io': (node, { verb, subresource, name }) =>
      verb === 'get' && subresource === ''
        ? related(objects.get(VolumeAttachments, { name })?.spec.nodeName === node, node)
        : no('can only get volume attachments'),
    serviceaccounts(node, question) {
      if (question.subresource === '') return readAccount(node, question)
      if (question.subresource !== 'token' || question.verb !== 'create') return no('can only create tokens')
      return related(graph.needs(node, 'serviceaccounts', question.namespace, question.name), node)
    },
    'leases.coordination.k8s.io': (node, question) =>
      question.namespace === LEASE_NAMESPACE
        ? ownObject(node, question)
        : no(`can only access leases in ${LEASE_NAMESPACE}`),
    'csinodes.storage.k8s.io': ownObject,
    'resourceslices.resource.k8s.io'(node, question) {
      const { verb, name } = question
      if (verb === 'create') return ALLOW
      if (name === '') return selectsNode(question, node) ? ALLOW : no('can only list its own resource slices')
      return related(objects.get(ResourceSlices, { name })?.spec.nodeName === node, node)
    },
    pods(node, question) {
      const { verb, subresource, name, namespace } = question
      if (subresource !== '' || !read.includes(verb)) return byRules(question)
      if (selectsNode(question, node)) return ALLOW
      if (name === '' || namespace === '')
        return no('can only list pods with a field selector for its own spec.nodeName')
      return related(objects.get<Pod>(Pods, { namespace, name })?.spec.nodeName === node, node)
    },
  }
}

function related(yes: boolean, node: string): Ruling {
  return yes ? ALLOW : no(`no relationship found between node '${node}' and this object`)
}

/** An object that has the node's own name. When one is created its name is not known yet: NodeRestriction looks at that. */
function ownObject(node: string, { verb, subresource, name }: ResourceQuestion): Ruling {
  if (subresource !== '' || !['get', 'create', 'update', 'patch', 'delete'].includes(verb)) {
    return no('can only get, create, update, patch, or delete its own')
  }
  return verb === 'create' || name === node ? ALLOW : no('can only access the one of its own name')
}

function selectsNode({ fieldSelector = '' }: ResourceQuestion, node: string): boolean {
  return fieldSelector.split(',').some((term) => term === `spec.nodeName=${node}` || term === `spec.nodeName==${node}`)
}
