import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Address } from './target.ts'
import { readAddress, splitUrl } from './target.ts'

function read(line: string): Address {
  const [method, url] = line.split(' ') as [string, string]
  const { path, query } = splitUrl(url)
  return readAddress(method, path, new URLSearchParams(query))
}

function summary(line: string): string {
  const address = read(line)
  if (!address.resource) return `${address.verb} ${address.path}`
  const { verb, group, version, plural, subresource, namespace, name, rest } = address
  return [verb, group, version, plural, subresource, namespace, name, rest].join('|')
}

describe('readAddress', () => {
  it('reads resources as RequestInfo does', () => {
    const cases: Record<string, string> = {
      'GET /api/v1/namespaces/default/pods/web': 'get||v1|pods||default|web|',
      'GET /api/v1/namespaces/default/pods': 'list||v1|pods||default||',
      'GET /api/v1/pods?watch=true': 'watch||v1|pods||||',
      'GET /api/v1/pods?watch=1': 'watch||v1|pods||||',
      'GET /api/v1/pods?watch=false': 'list||v1|pods||||',
      'GET /api/v1/watch/namespaces/default/pods': 'watch||v1|pods||default||',
      'POST /apis/apps/v1/namespaces/x/deployments': 'create|apps|v1|deployments||x||',
      'PUT /apis/apps/v1/namespaces/x/deployments/d/scale': 'update|apps|v1|deployments|scale|x|d|',
      'DELETE /api/v1/namespaces/x/pods': 'deletecollection||v1|pods||x||',
      'GET /api/v1/namespaces/kube-system': 'get||v1|namespaces||kube-system|kube-system|',
      'PUT /api/v1/namespaces/kube-system/finalize': 'update||v1|namespaces|finalize|kube-system|kube-system|',
      'GET /api/v1/namespaces': 'list||v1|namespaces||||',
      'GET /api/v1/nodes/n1/proxy/stats/summary': 'get||v1|nodes|proxy||n1|/stats/summary',
      'GET /api/v1/namespaces/x/services/https:web:443/proxy/': 'get||v1|services|proxy|x|https:web:443|/',
      'OPTIONS /api/v1/namespaces/x/pods/p/proxy/a': 'get||v1|pods|proxy|x|p|/a',
      'GET /api/v1/namespaces/x/pods/p/proxy/a//b/': 'get||v1|pods|proxy|x|p|/a//b/',
      'GET /api/v1/nodes?fieldSelector=metadata.name%3Dn1&watch=1': 'watch||v1|nodes|||n1|',
      'HEAD /api/v1/nodes/n1': 'get||v1|nodes|||n1|',
    }
    for (const [line, expected] of Object.entries(cases)) assert.equal(summary(line), expected, line)
  })

  it('leaves all other paths to whoever serves them', () => {
    assert.equal(summary('GET /healthz'), 'get /healthz')
    assert.equal(summary('GET /apis/apps/v1'), 'get /apis/apps/v1')
    assert.equal(summary('GET /apis/apps/v1/'), 'get /apis/apps/v1')
    assert.equal(summary('GET /api'), 'get /api')
    assert.equal(summary('POST /'), 'post /')
  })

  it('refuses names that could become another path', () => {
    for (const name of ['..', '.', '%2e%2e', '%2E', 'a%2fb', 'a%25b', 'a%00b', 'a%0ab', '%', '%ff']) {
      assert.throws(() => read(`GET /api/v1/namespaces/default/pods/${name}`), { code: 'bad-request' }, name)
      assert.throws(() => read(`GET /api/v1/namespaces/${name}/pods/web`), { code: 'bad-request' }, name)
    }
    assert.throws(() => read('GET /healthz/../metrics'), { code: 'bad-request' })
    assert.throws(() => read('GET /healthz/%2e%2e/metrics'), { code: 'bad-request' })
  })

  it('refuses methods that mean nothing to a resource', () => {
    assert.throws(() => read('OPTIONS /api/v1/pods'), { code: 'method-not-allowed' })
  })
})
