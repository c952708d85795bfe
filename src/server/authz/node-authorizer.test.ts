import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pods } from '../../api/core/pod.ts'
import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolumes } from '../../api/core/persistent-volume.ts'
import { Ingresses } from '../../api/networking/ingress.ts'
import { Identity } from '../authn/identity.ts'
import { nodeAuthorizer, nodeOf } from './node-authorizer.ts'
import { Objects } from './objects.test-helper.ts'
import { ask } from './question.ts'

const identityOf = (node: string): Identity =>
  Identity.of(`system:node:${node}`, ['system:nodes', 'system:authenticated'])
const a = identityOf('a')
const b = identityOf('b')

const webSpec = {
  nodeName: 'a',
  serviceAccountName: 'robot',
  imagePullSecrets: [{ name: 'pull' }],
  containers: [
    {
      name: 'c',
      env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'env', key: 'k' } } }],
      envFrom: [{ configMapRef: { name: 'from' } }],
    },
  ],
  volumes: [
    { name: 'v', secret: { secretName: 'volume' } },
    { name: 'p', projected: { sources: [{ configMap: { name: 'projected' } }] } },
    { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
  ],
}

function setUp(): {
  objects: Objects
  may: (who: Identity, verb: string, plural: string, name: string, more?: object) => boolean
} {
  const objects = new Objects()
  const { authorizer } = nodeAuthorizer(objects)
  objects.set(Pods, { metadata: { name: 'web', namespace: 'x' }, spec: webSpec })
  return {
    objects,
    may: (who, verb, plural, name, more = {}) =>
      authorizer(who, ask(verb, { plural, name, namespace: 'x', ...more })).decision === 'allow',
  }
}

describe('nodeOf', () => {
  it('needs both the name and the group', () => {
    assert.equal(nodeOf(a), 'a')
    assert.equal(nodeOf(Identity.of('system:node:a', ['system:authenticated'])), undefined)
    assert.equal(nodeOf(Identity.of('a', ['system:nodes'])), undefined)
    assert.equal(nodeOf(Identity.of('system:node:', ['system:nodes'])), undefined)
  })
})

describe('nodeAuthorizer', () => {
  it('lets a node read what its pods name, by name', () => {
    const { may } = setUp()
    for (const [plural, names] of [
      ['secrets', ['pull', 'env', 'volume']],
      ['configmaps', ['from', 'projected']],
    ] as const) {
      for (const name of names) {
        for (const verb of ['get', 'list', 'watch'])
          assert.equal(may(a, verb, plural, name), true, `${verb} ${plural} ${name}`)
        assert.equal(may(b, 'get', plural, name), false)
      }
      assert.equal(may(a, 'list', plural, ''), false, 'not all of them')
      assert.equal(may(a, 'get', plural, 'other'), false)
      assert.equal(may(a, 'update', plural, names[0]), false)
      assert.equal(may(a, 'get', plural, names[0], { namespace: 'y' }), false, 'not in another namespace')
    }
    assert.equal(may(a, 'get', 'persistentvolumeclaims', 'data'), true)
    assert.equal(may(a, 'create', 'serviceaccounts', 'robot', { subresource: 'token' }), true)
    assert.equal(may(a, 'create', 'serviceaccounts', 'other', { subresource: 'token' }), false)
    assert.equal(may(b, 'create', 'serviceaccounts', 'robot', { subresource: 'token' }), false)
  })

  it('follows pods as they are bound, changed and removed', () => {
    const { objects, may } = setUp()
    assert.equal(may(a, 'get', 'secrets', 'late'), false)
    const late = {
      metadata: { name: 'late', namespace: 'x' },
      spec: { containers: [], volumes: [{ name: 'v', secret: { secretName: 'late' } }] },
    }
    objects.set(Pods, late)
    assert.equal(may(a, 'get', 'secrets', 'late'), false, 'not bound yet')
    objects.set(Pods, { ...late, spec: { ...late.spec, nodeName: 'a' } })
    assert.equal(may(a, 'get', 'secrets', 'late'), true)
    objects.set(Pods, { metadata: { name: 'twin', namespace: 'x' }, spec: { ...late.spec, nodeName: 'a' } })
    objects.remove(Pods, late.metadata)
    assert.equal(may(a, 'get', 'secrets', 'late'), true, 'its twin still names it')
    objects.remove(Pods, { name: 'twin', namespace: 'x' })
    assert.equal(may(a, 'get', 'secrets', 'late'), false)
  })

  it('gives nothing for a pod that the node made up itself', () => {
    const { objects, may } = setUp()
    objects.set(Pods, {
      metadata: { name: 'fake', namespace: 'x', annotations: { 'kubernetes.io/config.mirror': 'hash' } },
      spec: { nodeName: 'b', containers: [], volumes: [{ name: 'v', secret: { secretName: 'loot' } }] },
    })
    assert.equal(may(b, 'get', 'secrets', 'loot'), false)
  })

  it('lets a node read only its own pods', () => {
    const { may } = setUp()
    assert.equal(may(a, 'get', 'pods', 'web'), true)
    assert.equal(may(b, 'get', 'pods', 'web'), false)
    assert.equal(may(a, 'list', 'pods', ''), false)
    assert.equal(may(a, 'watch', 'pods', '', { namespace: '', fieldSelector: 'spec.nodeName=a' }), true)
    assert.equal(may(b, 'watch', 'pods', '', { namespace: '', fieldSelector: 'spec.nodeName=a' }), false)
    assert.equal(may(a, 'update', 'pods', 'web', { subresource: 'status' }), true)
  })

  it('gives it the volumes of its claims, and their secrets', () => {
    const { objects, may } = setUp()
    objects.set(PersistentVolumeClaims, { metadata: { name: 'data', namespace: 'x' }, spec: { volumeName: 'pv' } })
    objects.set(PersistentVolumes, {
      metadata: { name: 'pv' },
      spec: {
        claimRef: { namespace: 'x', name: 'data' },
        csi: { driver: 'd', volumeHandle: 'h', nodeStageSecretRef: { name: 'stage', namespace: 'vault' } },
      },
    })
    assert.equal(may(a, 'get', 'persistentvolumes', 'pv', { namespace: '' }), true)
    assert.equal(may(b, 'get', 'persistentvolumes', 'pv', { namespace: '' }), false)
    assert.equal(may(a, 'get', 'secrets', 'stage', { namespace: 'vault' }), true)
    assert.equal(may(b, 'get', 'secrets', 'stage', { namespace: 'vault' }), false)
  })

  it('shows the certificates of Ingresses to every node, as long as they are named', () => {
    const { objects, may } = setUp()
    assert.equal(may(b, 'get', 'secrets', 'tls'), false)
    objects.set(Ingresses, {
      metadata: { name: 'i', namespace: 'x' },
      spec: { tls: [{ hosts: ['h'], secretName: 'tls' }] },
    })
    assert.equal(may(b, 'watch', 'secrets', 'tls'), true)
    objects.remove(Ingresses, { name: 'i', namespace: 'x' })
    assert.equal(may(b, 'watch', 'secrets', 'tls'), false)
  })

  it('lets it renew its own lease, and nobody else’s', () => {
    const { may } = setUp()
    const lease = { group: 'coordination.k8s.io', namespace: 'kube-node-lease' }
    assert.equal(may(a, 'update', 'leases', 'a', lease), true)
    assert.equal(may(a, 'create', 'leases', '', lease), true)
    assert.equal(may(a, 'update', 'leases', 'b', lease), false)
    assert.equal(may(a, 'update', 'leases', 'a', { ...lease, namespace: 'x' }), false)
  })

  it('has nothing to say about anybody else', () => {
    const { may } = setUp()
    assert.equal(may(Identity.of('jane', ['system:nodes']), 'get', 'secrets', 'pull'), false)
  })
})
