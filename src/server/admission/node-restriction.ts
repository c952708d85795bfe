import { Pods } from '../../api/core/pod.ts'
import { podReferences } from '../../api/core/pod-references.ts'
import type { CertificateSigningRequest } from '../../api/certificates/v1.ts'
import type { Node, Pod } from '../../api/core/v1.ts'
import type { TokenRequest } from '../../api/authentication/v1.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import { readSigningRequest } from '../../lib/pki-request.ts'
import { nodeOf } from '../authz/node-authorizer.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from './admission.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const LEASE_NAMESPACE = 'kube-node-lease'

/**
 * Holds a node to its own objects where authorization cannot, because what matters is in the object: its own Node, Lease and
 * CSINode, the status of its own Pods, tokens for Pods that run on it, certificates in its own name, and no labels by which
 * others tell nodes apart.
 */
export function nodeRestriction(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ identity }) => identity.groups.includes('system:nodes'),
    validate(attempt) {
      const node = nodeOf(attempt.identity)
      if (node === undefined) {
        refuse(attempt, `could not determine node from user ${JSON.stringify(attempt.identity.username)}`)
      }
      const { plural, group, subresource } = attempt.target
      const resource = group === '' ? plural : `${plural}.${group}`
      checks[subresource === '' ? resource : `${resource}/${subresource}`]?.({ attempt, node, objects })
    },
  }
}

interface Check {
  readonly attempt: Attempt
  readonly node: string
  readonly objects: ObjectReader
}

const checks: Readonly<Record<string, (check: Check) => void>> = {
  pods: checkPod,
  'pods/status': checkPodStatus,
  'pods/eviction': checkEviction,
  nodes: checkNode,
  'nodes/status': checkNode,
  'serviceaccounts/token': checkToken,
  'leases.coordination.k8s.io': checkLease,
  'certificatesigningrequests.certificates.k8s.io': checkCertificateRequest,
  'csinodes.storage.k8s.io': ({ attempt, node }) => {
    if (nameOf(attempt) !== node) refuse(attempt, `can only access CSINode with the same name as the requesting node`)
  },
  'resourceslices.resource.k8s.io': ({ attempt, node }) => {
    const slice = (attempt.object ?? attempt.old) as { spec?: { nodeName?: string } } | undefined
    if (slice?.spec?.nodeName !== node) {
      refuse(attempt, 'can only create and change ResourceSlices with the same NodeName as the requesting node')
    }
  },
}

function checkPod(check: Check): void {
  const { attempt, node, objects } = check
  if (attempt.operation === 'CREATE') {
    checkMirrorPod(check, attempt.object as KubeObject as Pod)
    return
  }
  if (attempt.operation === 'UPDATE')
    refuse(attempt, `unexpected operation "UPDATE", node ${quoted(node)} can only create and delete mirror pods`)
  const { namespace, name } = attempt.target
  const pod = (attempt.old as KubeObject | undefined as Pod | undefined) ?? objects.get<Pod>(Pods, { namespace, name })
  if (pod !== undefined && pod.spec.nodeName !== node) {
    refuse(attempt, `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`)
  }
}

function checkMirrorPod({ attempt, node }: Check, pod: Pod): void {
  if (pod.metadata.annotations?.[MIRROR] === undefined) {
    refuse(attempt, `pod does not have ${quoted(MIRROR)} annotation, node ${quoted(node)} can only create mirror pods`)
  }
  if (pod.spec.nodeName !== node) {
    refuse(attempt, `node ${quoted(node)} can only create pods with spec.nodeName set to itself`)
  }
  const owners = pod.metadata.ownerReferences ?? []
  if (owners.some((owner) => owner.kind !== 'Node' || owner.name !== node || owners.length > 1)) {
    refuse(attempt, `node ${quoted(node)} can only create pods with an owner reference set to itself`)
  }
  const needed = podReferences(pod)
  const lists = {
    secrets: needed.secrets,
    configmaps: needed.configMaps,
    persistentvolumeclaims: needed.persistentVolumeClaims,
  }
  for (const [what, names] of Object.entries(lists)) {
    if (names.size > 0) refuse(attempt, `node ${quoted(node)} can not create pods that reference ${what}`)
  }
  if (needed.serviceAccount !== '')
    refuse(attempt, `node ${quoted(node)} can not create pods that reference a service account`)
}

function checkPodStatus({ attempt, node }: Check): void {
  const before = attempt.old as KubeObject | undefined as Pod | undefined
  const after = attempt.object as KubeObject | undefined as Pod | undefined
  if (before?.spec.nodeName !== node) {
    refuse(attempt, `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`)
  }
  if (!sameValues(before.metadata.labels, after?.metadata.labels)) {
    refuse(attempt, `node ${quoted(node)} cannot update labels through pod status`)
  }
  if (JSON.stringify(before.status.resourceClaimStatuses) !== JSON.stringify(after?.status.resourceClaimStatuses)) {
    refuse(attempt, `node ${quoted(node)} cannot update resource claim statuses`)
  }
}

function checkEviction({ attempt, node, objects }: Check): void {
  const { namespace, name } = attempt.target
  const pod = objects.get<Pod>(Pods, { namespace, name })
  if (pod !== undefined && pod.spec.nodeName !== node) {
    refuse(attempt, `node ${quoted(node)} can only evict pods with spec.nodeName set to itself`)
  }
}

function checkNode({ attempt, node }: Check): void {
  const name = nameOf(attempt)
  if (name !== node) refuse(attempt, `node ${quoted(node)} is not allowed to modify node ${quoted(name)}`)
  const before = attempt.old as KubeObject | undefined as Node | undefined
  const after = attempt.object as KubeObject | undefined as Node | undefined
  if (after === undefined) return
  const labels = changedKeys(before?.metadata.labels, after.metadata.labels)
  const refused = labels.filter((label) => isReserved(label)).toSorted()
  if (attempt.operation === 'CREATE') {
    // What a label was before there was a Node is nothing, so the same labels are refused; others may come along.
    if (refused.length > 0)
      refuse(attempt, `node ${quoted(node)} is not allowed to set the following labels: ${refused.join(', ')}`)
    return
  }
  if (refused.length > 0) refuse(attempt, `is not allowed to modify labels: ${refused.join(', ')}`)
  if (JSON.stringify(before?.spec.taints ?? []) !== JSON.stringify(after.spec.taints ?? [])) {
    refuse(attempt, `node ${quoted(node)} is not allowed to modify taints`)
  }
  if (JSON.stringify(before?.metadata.ownerReferences ?? []) !== JSON.stringify(after.metadata.ownerReferences ?? [])) {
    refuse(attempt, `node ${quoted(node)} is not allowed to modify ownerReferences`)
  }
}

/** Labels under the names of Kubernetes that a node may give itself. */
const OWN_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.kubernetes.io/zone',
  'failure-domain.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
])

/** Whether others rely on a label, so that a node must not choose it for itself. */
function isReserved(label: string): boolean {
  const slash = label.indexOf('/')
  const domain = slash < 0 ? '' : label.slice(0, slash)
  const within = (parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`)
  if (within('node-restriction.kubernetes.io')) return true
  if (!within('kubernetes.io') && !within('k8s.io')) return false
  return !OWN_LABELS.has(label) && !within('kubelet.kubernetes.io') && !within('node.kubernetes.io')
}

function checkToken({ attempt, node, objects }: Check): void {
  const { namespace, name } = attempt.target
  const { spec } = attempt.object as unknown as TokenRequest
  const bound = spec.boundObjectRef
  if (bound === undefined || bound.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name) {
    refuse(attempt, 'node requested token not bound to a pod')
  }
  if (!bound.uid) refuse(attempt, 'node requested token with a pod binding without a uid')
  const pod = objects.get<Pod>(Pods, { namespace, name: bound.name })
  if (pod === undefined) refuse(attempt, `pod ${quoted(bound.name)} not found`)
  if (pod.metadata.uid !== bound.uid) {
    refuse(
      attempt,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record (${pod.metadata.uid}). The object might have been deleted and then recreated`,
    )
  }
  if (pod.spec.nodeName !== node) refuse(attempt, `node requested token bound to a pod scheduled on a different node`)
  if (pod.spec.serviceAccountName !== name)
    refuse(attempt, 'node requested token for a service account that the pod does not use')
  const audiences = audiencesOf(pod)
  for (const audience of spec.audiences ?? []) {
    if (!audiences.has(audience)) refuse(attempt, `audience ${quoted(audience)} not found in pod spec volume`)
  }
}

/** The audiences that a Pod's volumes ask tokens for. */
function audiencesOf(pod: Pod): Set<string> {
  const sources = (pod.spec.volumes ?? []).flatMap((volume) => volume.projected?.sources ?? [])
  return new Set(sources.flatMap(({ serviceAccountToken }) => serviceAccountToken?.audience ?? []))
}

function checkLease({ attempt, node }: Check): void {
  const namespace = attempt.object?.metadata.namespace ?? attempt.target.namespace
  if (namespace !== LEASE_NAMESPACE)
    refuse(attempt, `can only access leases in the ${quoted(LEASE_NAMESPACE)} system namespace`)
  if (nameOf(attempt) !== node) refuse(attempt, 'can only access node lease with the same name as the requesting node')
}

const NODE_SIGNERS = ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']

/** In its own name alone, so that nobody is asked to approve what would make one node another. */
function checkCertificateRequest({ attempt }: Check): void {
  if (attempt.operation !== 'CREATE') return
  const { spec } = attempt.object as CertificateSigningRequest
  if (!NODE_SIGNERS.includes(spec.signerName)) return
  const { username } = attempt.identity
  if (commonNameIn(attempt, spec.request) !== username)
    refuse(attempt, `can only create a node CSR with CN=${username}`)
}

function commonNameIn(attempt: Attempt, request = ''): string {
  try {
    return readSigningRequest(Buffer.from(request, 'base64').toString('latin1')).commonName
  } catch (error) {
    if (!isWherryError(error)) throw error
    refuse(attempt, `unable to parse csr: ${error.message}`)
  }
}

function nameOf({ object, target }: Attempt): string {
  return target.name !== '' ? target.name : (object?.metadata.name ?? '')
}

type Labels = Readonly<Record<string, string>> | undefined

function changedKeys(before: Labels = {}, after: Labels = {}): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].filter((key) => before[key] !== after[key])
}

function sameValues(before: Labels, after: Labels): boolean {
  return changedKeys(before, after).length === 0
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function refuse({ target }: Attempt, message: string): never {
  const { plural, group, name } = target
  const resource = group === '' ? plural : `${plural}.${group}`
  throw new WherryError('forbidden', `${resource} ${JSON.stringify(name)} is forbidden: ${message}`, {
    details: { name, ...(group !== '' && { group }), kind: plural },
  })
}
