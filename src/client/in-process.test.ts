import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import { ConfigMaps } from '../api/core/config-map.ts'
import { flushPromises } from '../lib/clock.ts'
import { isWherryError } from '../lib/errors.ts'

const ref = { namespace: 'default', name: 'a' }

describe('inProcessClient', () => {
  it('hands out frozen objects and copies what it is given', async (t) => {
    const { client } = await startCluster(t)
    const draft = { metadata: { ...ref }, data: { x: '1' } }
    const created = await client.create(ConfigMaps, draft)
    draft.data.x = '2'
    assert.equal((await client.get(ConfigMaps, ref)).data!['x'], '1')
    assert.ok(Object.isFrozen(created.data))
    const updated = await client.update(ConfigMaps, { ...created, data: { x: '3' } })
    assert.equal(updated.data!['x'], '3')
  })

  it('refuses with the error that goes over the wire', async (t) => {
    const { client } = await startCluster(t)
    await assert.rejects(client.get(ConfigMaps, ref), (error) => {
      assert.ok(isWherryError(error, 'not-found'))
      assert.equal(error.message, 'configmaps "a" not found')
      return true
    })
  })

  it('yields what changes until the signal fires', async (t) => {
    const { client } = await startCluster(t)
    await client.create(ConfigMaps, { metadata: { ...ref } })
    const stop = new AbortController()
    const told: string[] = []
    const watching = (async () => {
      for await (const event of client.watch(ConfigMaps, { sendInitialEvents: true, signal: stop.signal })) {
        told.push(
          event.type === 'BOOKMARK' ? `mark ${event.initialEventsEnd}` : `${event.type} ${event.object.metadata.name}`,
        )
      }
    })()
    await flushPromises()
    await client.create(ConfigMaps, { metadata: { namespace: 'default', name: 'b' } })
    await client.delete(ConfigMaps, ref)
    await flushPromises()
    stop.abort()
    await watching
    assert.deepEqual(told, ['ADDED a', 'mark true', 'ADDED b', 'DELETED a'])
  })

  it('throws when what it is to watch from has expired, or is refused', async (t) => {
    const { client } = await startCluster(t)
    const watching = async (query: object): Promise<void> => {
      for await (const _ of client.watch(ConfigMaps, { signal: new AbortController().signal, ...query })) return
    }
    await assert.rejects(watching({ labelSelector: '((' }), (error) => isWherryError(error, 'bad-request'))
    await assert.rejects(watching({ fieldSelector: 'spec.nothing=x' }), (error) => isWherryError(error, 'bad-request'))
  })

  it('answers any path with bytes, whole or as they come', async (t) => {
    const { client } = await startCluster(t)
    const { status, headers, body } = await client.raw({ method: 'GET', path: '/api/v1/namespaces/default' })
    assert.equal(status, 200)
    assert.match(headers['content-type']!, /json/)
    assert.equal(JSON.parse(body.toString()).metadata.name, 'default')
    const stop = new AbortController()
    const path = '/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3Ddefault'
    const stream = await client.stream({ method: 'GET', path, signal: stop.signal })
    const pieces: string[] = []
    for await (const chunk of stream.body) {
      pieces.push(chunk.toString())
      stop.abort()
    }
    assert.match(pieces.join(''), /"type":"ADDED"/)
    assert.equal((await client.raw({ method: 'GET', path: '/nowhere' })).status, 404)
  })
})
