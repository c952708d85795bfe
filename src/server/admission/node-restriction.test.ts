import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CertificateSigningRequests } from '../../api/certificates/certificate-signing-request.ts'
import { Leases } from '../../api/coordination/lease.ts'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { ServiceAccounts } from '../../api/core/service-account.ts'
import type { Kind } from '../../api/meta/kind.ts'
import { isWherryError } from '../../lib/errors.ts'
import { createRequest } from '../../lib/pki.ts'
import { Identity } from '../authn/identity.ts'
import { Objects } from '../authz/objects.test-helper.ts'
import type { ResourceTarget } from '../request.ts'
import type { Attempt } from './admission.ts'
import { nodeRestriction } from './node-restriction.ts'

const nodeA = Identity.of('system:node:a', ['system:nodes'])

interface Case {
  readonly operation?: Attempt['operation']
  readonly kind: Kind<any>
  readonly subresource?: string
  readonly name: string
  readonly namespace?: string
  readonly object?: object
  readonly old?: object
  readonly identity?: Identity
}

function attempt({
  operation = 'UPDATE',
  kind,
  subresource = '',
  name,
  namespace = '',
  object,
  old,
  identity = nodeA,
}: Case): Attempt {
  const target = {
    resource: true,
    verb: 'update',
    group: kind.group,
    version: kind.version,
    plural: kind.plural,
    subresource,
    namespace,
    name,
    rest: '',
    path: '',
    kind,
  } as ResourceTarget
  const complete = (value: any): any =>
    value && { spec: {}, status: {}, ...value, metadata: { name, namespace, ...value.metadata } }
  return {
    operation,
    kind,
    target,
    identity,
    object: complete(object),
    old: complete(old),
    dryRun: false,
    options: {},
    warn: () => {},
  }
}

function verdict(test: Case, objects = new Objects()): string {
  const plugin = nodeRestriction(objects)
  const tried = attempt(test)
  if (!plugin.handles(tried)) return 'not its business'
  try {
    void plugin.validate!(tried)
    return 'fine'
  } catch (error) {
    assert.ok(isWherryError(error, 'forbidden'))
    return error.message
  }
}

describe('nodeRestriction', () => {
  it('leaves everybody else alone', () => {
    const jane = Identity.of('jane', ['system:authenticated'])
    assert.equal(verdict({ kind: Nodes, name: 'b', object: {}, identity: jane }), 'not its business')
  })

  it('refuses a member of the group that is no node', () => {
    assert.match(
      verdict({ kind: Nodes, name: 'a', object: {}, identity: Identity.of('eve', ['system:nodes']) }),
      /could not determine node from user "eve"/,
    )
  })

  it('lets a node change its own Node, but not another one', () => {
    assert.equal(verdict({ kind: Nodes, name: 'a', subresource: 'status', object: {}, old: {} }), 'fine')
    assert.match(verdict({ kind: Nodes, name: 'b', object: {}, old: {} }), /node "a" is not allowed to modify node "b"/)
  })

  it('keeps the labels by which others tell nodes apart', () => {
    const label = (key: string): string =>
      verdict({ kind: Nodes, name: 'a', object: { metadata: { labels: { [key]: 'v' } } }, old: {} })
    for (const key of [
      'mine',
      'example.com/x',
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
      'node.kubernetes.io/x',
      'foo.kubelet.kubernetes.io/x',
    ]) {
      assert.equal(label(key), 'fine', key)
    }
    for (const key of [
      'node-restriction.kubernetes.io/x',
      'a.node-restriction.kubernetes.io/x',
      'node-role.kubernetes.io/control-plane',
      'k8s.io/x',
      'x.k8s.io/y',
    ]) {
      assert.match(label(key), /is not allowed to modify labels: /, key)
    }
    assert.match(
      verdict({
        kind: Nodes,
        name: 'a',
        object: {},
        old: { metadata: { labels: { 'node-restriction.kubernetes.io/x': 'v' } } },
      }),
      /modify labels/,
    )
  })

  it('does not let it take away its taints', () => {
    const old = { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }
    assert.match(verdict({ kind: Nodes, name: 'a', object: {}, old }), /not allowed to modify taints/)
    assert.equal(verdict({ kind: Nodes, name: 'a', object: old, old }), 'fine')
    assert.equal(verdict({ operation: 'CREATE', kind: Nodes, name: 'a', object: old }), 'fine')
  })

  it('lets it create mirror pods that bring nothing, and no others', () => {
    const create = (object: object): string =>
      verdict({ operation: 'CREATE', kind: Pods, name: 'p', namespace: 'x', object })
    const mirror = {
      metadata: { annotations: { 'kubernetes.io/config.mirror': 'h' } },
      spec: { nodeName: 'a', containers: [] },
    }
    assert.equal(create(mirror), 'fine')
    assert.match(create({ spec: mirror.spec }), /can only create mirror pods/)
    assert.match(create({ ...mirror, spec: { ...mirror.spec, nodeName: 'b' } }), /spec.nodeName set to itself/)
    assert.match(create({ ...mirror, spec: { ...mirror.spec, serviceAccountName: 's' } }), /service account/)
    assert.match(
      create({ ...mirror, spec: { ...mirror.spec, volumes: [{ name: 'v', secret: { secretName: 's' } }] } }),
      /reference secrets/,
    )
  })

  it('lets it report on, delete and evict only the pods that it runs', () => {
    const objects = new Objects()
    for (const node of ['a', 'b'])
      objects.set(Pods, { metadata: { name: `on-${node}`, namespace: 'x' }, spec: { nodeName: node } })
    const status = (node: string, after: object = {}): string =>
      verdict({
        kind: Pods,
        subresource: 'status',
        name: 'p',
        namespace: 'x',
        object: { spec: { nodeName: node }, ...after },
        old: { spec: { nodeName: node } },
      })
    assert.equal(status('a'), 'fine')
    assert.match(status('b'), /can only update pod status for pods with spec.nodeName set to itself/)
    assert.match(status('a', { metadata: { labels: { x: 'y' } } }), /cannot update labels through pod status/)
    const remove = (name: string): string => verdict({ operation: 'DELETE', kind: Pods, name, namespace: 'x' }, objects)
    assert.deepEqual([remove('on-a'), remove('gone')], ['fine', 'fine'])
    assert.match(remove('on-b'), /can only delete pods/)
    const evict = (name: string): string =>
      verdict({ operation: 'CREATE', kind: Pods, subresource: 'eviction', name, namespace: 'x', object: {} }, objects)
    assert.equal(evict('on-a'), 'fine')
    assert.match(evict('on-b'), /can only evict pods/)
  })

  it('gives it tokens only for pods that it runs, and audiences that they name', () => {
    const objects = new Objects()
    const volumes = [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'vault' } }] } }]
    objects.set(Pods, {
      metadata: { name: 'p', namespace: 'x', uid: 'u' },
      spec: { nodeName: 'a', serviceAccountName: 'robot', volumes },
    })
    objects.set(Pods, {
      metadata: { name: 'q', namespace: 'x', uid: 'u' },
      spec: { nodeName: 'b', serviceAccountName: 'robot' },
    })
    const token = (boundObjectRef: object | undefined, audiences: string[] = [], name = 'robot'): string =>
      verdict(
        {
          operation: 'CREATE',
          kind: ServiceAccounts,
          subresource: 'token',
          name,
          namespace: 'x',
          object: { spec: { audiences, boundObjectRef } },
        },
        objects,
      )
    const pod = { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'u' }
    assert.deepEqual([token(pod), token(pod, ['vault'])], ['fine', 'fine'])
    assert.match(token(undefined), /not bound to a pod/)
    assert.match(token({ ...pod, uid: '' }), /without a uid/)
    assert.match(token({ ...pod, uid: 'old' }), /does not match the UID/)
    assert.match(token({ ...pod, name: 'q' }), /scheduled on a different node/)
    assert.match(token({ ...pod, name: 'none' }), /not found/)
    assert.match(token(pod, ['other']), /audience "other" not found/)
    assert.match(token(pod, [], 'admin'), /does not use/)
  })

  it('lets it ask for certificates of a node in its own name alone', async () => {
    const ask = async (signer: string, commonName: string): Promise<string> => {
      const { csr } = await createRequest({ commonName, organizations: ['system:nodes'] })
      const spec = { signerName: `kubernetes.io/${signer}`, request: Buffer.from(csr).toString('base64') }
      return verdict({ operation: 'CREATE', kind: CertificateSigningRequests, name: 'x', object: { spec } })
    }
    for (const signer of ['kube-apiserver-client-kubelet', 'kubelet-serving']) {
      assert.equal(await ask(signer, 'system:node:a'), 'fine')
      assert.match(await ask(signer, 'system:node:b'), /can only create a node CSR with CN=system:node:a/)
    }
    assert.equal(await ask('kube-apiserver-client', 'jane'), 'fine')
  })

  it('lets it keep one lease', () => {
    const lease = (name: string, namespace: string): string =>
      verdict({ operation: 'CREATE', kind: Leases, name, namespace, object: {} })
    assert.equal(lease('a', 'kube-node-lease'), 'fine')
    assert.match(lease('b', 'kube-node-lease'), /same name as the requesting node/)
    assert.match(lease('a', 'x'), /can only access leases in the "kube-node-lease"/)
  })
})
