import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { APIService } from '../../api/apiregistration/v1.ts'
import { Identity } from '../authn/identity.ts'
import { obstacleOf } from './availability.ts'
import { identityHeaders } from './front-proxy.ts'

const wanted = {
  spec: { group: 'g', version: 'v1', service: { namespace: 'ns', name: 's', port: 8443 } },
  status: {},
} as unknown as APIService

const service = (port: number, type = 'ClusterIP'): any => ({ spec: { type, ports: [{ port, name: 'api' }] } })
const slice = (name: string, ready: boolean): any => ({
  ports: [{ name, port: 443 }],
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
})

describe('obstacleOf', () => {
  const reason = (...args: [any, any[]]): string | undefined => obstacleOf(wanted, ...args)?.reason

  it('finds what is missing behind an APIService, from the Service to its endpoints', () => {
    assert.equal(reason(undefined, []), 'ServiceNotFound')
    assert.equal(reason(service(443), []), 'ServicePortError')
    assert.equal(reason(service(8443), []), 'EndpointsNotFound')
    assert.equal(reason(service(8443), [slice('other', true)]), 'MissingEndpoints')
    assert.equal(reason(service(8443), [slice('api', false)]), 'MissingEndpoints')
    assert.equal(reason(service(8443), [slice('api', false), slice('api', true)]), undefined)
    assert.equal(reason(service(443, 'ExternalName'), []), undefined)
    assert.equal(obstacleOf({ ...wanted, spec: {} } as APIService, undefined, [])?.status, 'True')
  })

  it('says so in the words of Kubernetes', () => {
    assert.equal(
      obstacleOf(wanted, service(8443), [slice('other', true)])?.message,
      'endpointslices for service/s in "ns" have no addresses with port name "api"',
    )
  })
})

describe('identityHeaders', () => {
  it('say who somebody is, byte by byte', () => {
    const identity = Identity.of('zoë', ['a', 'b'], {
      uid: 'u',
      extra: { 'example.com/Scope s': ['x', 'y'], none: [] },
    })
    assert.deepEqual(identityHeaders(identity), {
      'x-remote-user': 'zo\u00c3\u00ab',
      'x-remote-uid': 'u',
      'x-remote-group': ['a', 'b'],
      'x-remote-extra-example.com%2FScope%20s': ['x', 'y'],
    })
  })
})
