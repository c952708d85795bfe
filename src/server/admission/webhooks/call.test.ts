import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createAuthority, issueCertificate } from '../../../lib/pki.ts'
import { Services } from '../../../api/core/service.ts'
import { EndpointSlices } from '../../../api/discovery/endpoint-slice.ts'
import { Objects } from '../../authz/objects.test-helper.ts'
import { hookCaller } from './call.ts'

describe('hookCaller', () => {
  it('posts over TLS to the endpoint of a Service, whose name the certificate has to carry', async (t) => {
    const now = Date.now()
    const authority = await createAuthority('hooks', 1, now)
    const own = await issueCertificate(authority, {
      commonName: 'hook',
      names: ['hook.default.svc'],
      usages: ['server'],
      days: 1,
      now,
    })
    const heard: string[] = []
    const server = createServer({ cert: own.certificate, key: own.key }, async (request, response) => {
      heard.push(`${request.url} ${request.headers.host} ${await text(request)}`)
      response.statusCode = request.url!.startsWith('/bad') ? 500 : 200
      response.end('answer')
    })
    server.listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const objects = new Objects()
    const metadata = { namespace: 'default', name: 'hook' }
    objects.set(Services, { metadata, spec: { ports: [{ port: 443 }] } })
    objects.set(EndpointSlices, {
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'hook' } },
      ports: [{ port: (server.address() as AddressInfo).port }],
      endpoints: [{ addresses: ['127.0.0.1'] }],
    })
    const call = hookCaller(objects, () => 0)
    const client = (more: object = {}): any => ({
      service: { namespace: 'default', name: 'hook', path: '/x', ...more },
      caBundle: Buffer.from(authority.certificate).toString('base64'),
    })
    assert.equal(await call(client(), 'question', 2000), 'answer')
    assert.deepEqual(heard, ['/x?timeout=2s hook.default.svc question'])
    await assert.rejects(call(client({ path: '/bad' }), '', 2000), {
      message:
        'Post "https://hook.default.svc:443/bad?timeout=2s": an error on the server ("answer") has prevented the request from succeeding',
    })
    await assert.rejects(call(client({ name: 'none' }), '', 10_000), {
      message: 'Post "https://none.default.svc:443/x?timeout=10s": services "none" not found',
    })
    // White space stands for no authorities: those of the machine do not know this one.
    await assert.rejects(call({ ...client(), caBundle: 'Cg==' }, '', 2000), {
      message: 'Post "https://hook.default.svc:443/x?timeout=2s": unable to verify the first certificate',
    })
  })
})
