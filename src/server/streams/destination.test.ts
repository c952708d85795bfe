import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { Services } from '../../api/core/service.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import type { Kind } from '../../api/meta/kind.ts'
import { Objects } from '../authz/objects.test-helper.ts'
import type { ResourceTarget } from '../request.ts'
import { destinationOf, readProxyName } from './destination.ts'
import type { Destination } from './node-connection.ts'

const tls = { cert: '', key: '', ca: '' }

function world(
  podIP = '10.244.0.7',
): (plural: string, name: string, subresource: string, query?: string, rest?: string) => string {
  const objects = new Objects()
  objects.set(Nodes, {
    metadata: { name: 'n1' },
    status: {
      addresses: [
        { type: 'Hostname', address: 'n1' },
        { type: 'InternalIP', address: '192.168.0.5' },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    },
  })
  const containers = [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }, { name: 'side' }]
  objects.set(Pods, {
    metadata: { name: 'p', namespace: 'x' },
    spec: { nodeName: 'n1', containers, initContainers: [{ name: 'init' }] },
    status: { podIP, phase: 'Running' },
  })
  objects.set(Pods, { metadata: { name: 'waiting', namespace: 'x' }, spec: { containers: containers.slice(0, 1) } })
  objects.set(Pods, {
    metadata: { name: 'done', namespace: 'x' },
    spec: { nodeName: 'n1', containers: containers.slice(0, 1) },
    status: { phase: 'Succeeded' },
  })
  objects.set(Services, { metadata: { name: 's', namespace: 'x' }, spec: { ports: [{ name: 'http', port: 80 }] } })
  objects.set(EndpointSlices, {
    metadata: { name: 's-1', namespace: 'x', labels: { 'kubernetes.io/service-name': 's' } },
    ports: [{ name: 'http', port: 8080 }],
    endpoints: [
      { addresses: ['10.244.0.9'], conditions: { ready: false } },
      { addresses: ['10.244.0.8'], conditions: { ready: true } },
    ],
  })
  return (plural, name, subresource, query = '', rest = '') => {
    const target: ResourceTarget = {
      resource: true,
      verb: 'get',
      group: '',
      version: 'v1',
      plural,
      subresource,
      namespace: plural === 'nodes' ? '' : 'x',
      name,
      rest,
      path: '',
      kind: Pods as unknown as Kind,
    }
    return format(
      destinationOf({ objects, random: () => 0.5, nodeClientTls: () => tls }, target, new URLSearchParams(query)),
    )
  }
}

function format({ protocol, host, port, path, tls: own }: Destination): string {
  return `${own === undefined ? '' : 'with certificate '}${protocol}://${host}:${port}${path}`
}

const AGENT = 'with certificate https://192.168.0.5:10250'

describe('destinationOf', () => {
  it('leads to the agent of the node of a pod, in its own words', () => {
    const go = world()
    assert.equal(
      go('pods', 'p', 'log', 'container=web&follow=true&tailLines=3&pretty=1'),
      `${AGENT}/containerLogs/x/p/web?follow=true&tailLines=3`,
    )
    assert.equal(
      go('pods', 'p', 'exec', 'container=side&command=sh&command=-c&stdin=true&tty=true&stdout=1'),
      `${AGENT}/exec/x/p/side?command=sh&command=-c&input=1&output=1&tty=1`,
    )
    assert.equal(go('pods', 'p', 'attach', 'container=init&stdout=true'), `${AGENT}/attach/x/p/init?output=1`)
    assert.equal(go('pods', 'p', 'portforward', 'ports=80'), `${AGENT}/portForward/x/p?port=80`)
  })

  it('says which container is meant, or asks', () => {
    const go = world()
    assert.throws(() => go('pods', 'p', 'log'), {
      code: 'bad-request',
      message:
        'a container name must be specified for pod p, choose one of: [web side] or one of the init containers: [init]',
    })
    assert.throws(() => go('pods', 'p', 'log', 'container=none'), { message: 'container none is not valid for pod p' })
    assert.throws(() => go('pods', 'waiting', 'log'), { message: 'pod waiting does not have a host assigned' })
    assert.throws(
      () => go('pods', 'done', 'exec', 'command=ls'),
      /cannot exec into a container in a completed pod; current phase is Succeeded/,
    )
    assert.equal(go('pods', 'done', 'log'), `${AGENT}/containerLogs/x/done/web`)
    assert.throws(() => go('pods', 'none', 'log'), { code: 'not-found' })
    assert.throws(() => go('pods', 'p', 'log', 'container=web&tailLines=-1'), { code: 'bad-request' })
  })

  it('proxies to pods, Services and nodes', () => {
    const go = world()
    assert.equal(go('pods', 'p', 'proxy'), 'http://10.244.0.7:8080/')
    assert.equal(go('pods', 'p:9', 'proxy', 'a=b', '/x/y'), 'http://10.244.0.7:9/x/y?a=b')
    assert.equal(go('pods', 'https:p:http', 'proxy'), 'https://10.244.0.7:8080/')
    assert.equal(go('services', 's', 'proxy', '', '/z/'), 'http://10.244.0.8:8080/z/')
    assert.equal(go('services', 's:80', 'proxy'), 'http://10.244.0.8:8080/')
    assert.throws(() => go('services', 's:81', 'proxy'), { code: 'unavailable' })
    assert.equal(go('nodes', 'n1', 'proxy', '', '/stats'), `${AGENT}/stats`)
    assert.equal(go('nodes', 'n1:99', 'proxy'), 'with certificate https://192.168.0.5:99/')
  })

  it('reaches nothing that only the server itself can', () => {
    for (const address of ['127.0.0.1', '169.254.169.254', '0.0.0.0', '::1', 'fe80::1', '224.0.0.1']) {
      assert.throws(() => world(address)('pods', 'p', 'proxy'), { message: 'address not allowed' }, address)
    }
  })

  it('reads names with scheme and port', () => {
    assert.deepEqual(readProxyName('https:a:b'), { scheme: 'https', name: 'a', port: 'b' })
    for (const wrong of ['ftp:a:b', 'a:b:c:d']) assert.throws(() => readProxyName(wrong), { code: 'bad-request' })
    assert.throws(() => world()('pods', 'p:99999', 'proxy'), { code: 'bad-request' })
  })
})
