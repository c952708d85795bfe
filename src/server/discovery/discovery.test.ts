import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../server.test-helper.ts'

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

describe('discovery', () => {
  it('lists groups, versions and resources', async () => {
    const { send } = await startTestServer()
    assert.deepEqual((await send('GET /api')).json.versions, ['v1'])
    const groups = (await send('GET /apis')).json.groups
    assert.equal(groups.find((one: { name: string }) => one.name === 'apps').preferredVersion.groupVersion, 'apps/v1')
    assert.equal((await send('GET /apis/apps')).json.kind, 'APIGroup')
    const { resources } = (await send('GET /api/v1')).json
    const find = (name: string): any => resources.find((one: { name: string }) => one.name === name)
    assert.deepEqual(find('pods').shortNames, ['po'])
    // What the reference server says of its pods.
    assert.equal(find('pods').storageVersionHash, 'xPOwRZ+Yhw8=')
    assert.equal(find('pods/eviction').group, 'policy')
    assert.deepEqual(find('bindings').verbs, ['create'])
    assert.equal((await send('GET /apis/nosuch')).status, 404)
    assert.equal((await send('GET /apis/apps/v9')).status, 404)
  })

  it('says it all at once to who asks for that', async () => {
    const { send } = await startTestServer()
    const answer = await send('GET /apis', undefined, { accept: `${AGGREGATED},application/json` })
    assert.equal(answer.headers['content-type'], AGGREGATED)
    assert.equal(answer.json.kind, 'APIGroupDiscoveryList')
    const apps = answer.json.items.find((one: any) => one.metadata.name === 'apps')
    const deployments = apps.versions[0].resources.find((one: any) => one.resource === 'deployments')
    assert.equal(deployments.responseKind.kind, 'Deployment')
    assert.deepEqual(deployments.subresources.map((one: any) => one.subresource).toSorted(), ['scale', 'status'])
    const again = await send('GET /apis', undefined, {
      accept: AGGREGATED,
      'if-none-match': String(answer.headers['etag']),
    })
    assert.equal(again.status, 304)
    const plain = await send('GET /apis', undefined, { accept: `application/json,${AGGREGATED}` })
    assert.equal(plain.json.kind, 'APIGroupList')
  })

  it('serves a kind in every version that it says it does', async () => {
    const { send } = await startTestServer()
    const groups = (await send('GET /apis')).json.groups
    const paths = ['/api/v1', ...groups.flatMap((one: any) => one.versions.map((v: any) => `/apis/${v.groupVersion}`))]
    for (const path of paths) {
      for (const { name, verbs } of (await send(`GET ${path}`)).json.resources) {
        if (!verbs.includes('list')) continue
        const { status, json } = await send(`GET ${path}/${name}`)
        assert.equal(status, 200, `${path}/${name}`)
        assert.match(json.kind, /List$/)
      }
    }
  })
})

describe('OpenAPI', () => {
  it('has a document for each group version, behind an index with hashes', async () => {
    const { send } = await startTestServer()
    const { paths } = (await send('GET /openapi/v3')).json
    const { serverRelativeURL } = paths['apis/apps/v1']
    const document = await send(`GET ${serverRelativeURL}`)
    assert.equal(document.json.openapi, '3.0.0')
    assert.match(String(document.headers['cache-control']), /immutable/)
    const etag = String(document.headers['etag'])
    assert.equal((await send(`GET ${serverRelativeURL}`, undefined, { 'if-none-match': etag })).status, 304)
    assert.equal((await send('GET /openapi/v3/apis/nosuch/v1')).status, 404)
    assert.equal((await send('GET /openapi/v2')).json.swagger, '2.0')
    assert.equal((await send('GET /openapi/v2', undefined, { accept: 'text/html' })).status, 406)
  })
})

describe('other paths', () => {
  it('say how the server is', async () => {
    const { send } = await startTestServer()
    assert.equal((await send('GET /readyz')).text, 'ok')
    assert.match((await send('GET /livez?verbose')).text, /\[\+\]ping ok\nlivez check passed\n$/)
    assert.equal((await send('GET /healthz/ping')).status, 200)
    assert.equal((await send('GET /healthz/nosuch')).status, 404)
    assert.match((await send('GET /version')).json.gitVersion, /^v1\.36\.\d+\+wherry\./)
    assert.ok((await send('GET /')).json.paths.includes('/apis/apps/v1'))
    assert.equal((await send('GET /nosuch')).text, '404 page not found\n')
    assert.equal((await send('GET /healthz/%2e%2e/metrics')).status, 400)
  })
})
