import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KubeObject } from '../../api/meta/kind.ts'
import { makeConfigMap, makePod, startTestServer } from '../server.test-helper.ts'
import type { DeleteQuery } from './delete-options.ts'
import { fateOf } from './delete.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'

const plain: DeleteQuery = {
  gracePeriodSeconds: undefined,
  policy: undefined,
  uid: undefined,
  resourceVersion: undefined,
  dryRun: false,
  isCascading: false,
}

describe('fateOf', () => {
  const pod = (metadata: object, nodeName = 'n1'): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', ...metadata },
      spec: { nodeName, terminationGracePeriodSeconds: 20 },
      status: {},
    }) as never
  const now = Date.UTC(2026, 0, 1)

  it('gives a running pod its time, and its agent the last word', () => {
    assert.deepEqual(fateOf(pod({}), plain, now), {
      action: 'mark',
      terminating: true,
      metadata: { deletionTimestamp: '2026-01-01T00:00:20Z', deletionGracePeriodSeconds: 20, finalizers: [] },
    })
    assert.equal(fateOf(pod({}), { ...plain, gracePeriodSeconds: 0 }, now).action, 'remove')
  })

  it('removes a pod at once that is on no node', () => {
    assert.equal(fateOf(pod({}, ''), plain, now).action, 'remove')
  })

  it('shortens the time but never lengthens it', () => {
    const dying = pod({ deletionTimestamp: '2026-01-01T00:00:20Z', deletionGracePeriodSeconds: 20 })
    assert.equal(fateOf(dying, { ...plain, gracePeriodSeconds: 60 }, now).action, 'leave')
    assert.equal(fateOf(dying, plain, now).action, 'leave')
    const shorter = fateOf(dying, { ...plain, gracePeriodSeconds: 5 }, now)
    assert.equal(shorter.action === 'mark' && shorter.metadata.deletionTimestamp, '2026-01-01T00:00:05Z')
    assert.equal(fateOf(dying, { ...plain, gracePeriodSeconds: 0 }, now).action, 'remove')
  })

  it('adds the finalizer of the policy', () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', finalizers: ['a/b', 'orphan'] } } as never
    const finalizers = (policy: DeleteQuery['policy']): unknown => {
      const fate = fateOf(map, { ...plain, policy }, now)
      return fate.action === 'mark' ? fate.metadata.finalizers : fate.action
    }
    assert.deepEqual(finalizers('Foreground'), ['a/b', 'foregroundDeletion'])
    assert.deepEqual(finalizers('Orphan'), ['a/b', 'orphan'])
    assert.deepEqual(finalizers('Background'), ['a/b'])
    assert.deepEqual(finalizers(undefined), ['a/b', 'orphan'])
  })
})

describe('delete', () => {
  it('answers with a Status, or with the object for the kinds that do', async () => {
    const { send } = await startTestServer()
    const { metadata } = (await send(`POST ${MAPS}`, makeConfigMap('a'))).json
    const { status, json } = await send(`DELETE ${MAPS}/a`)
    assert.equal(status, 200)
    assert.deepEqual(json, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: metadata.uid },
    })
    assert.equal((await send(`DELETE ${MAPS}/a`)).status, 404)
    await send(`POST ${PODS}`, makePod('p'))
    assert.equal((await send(`DELETE ${PODS}/p`)).json.kind, 'Pod')
  })

  it('waits for finalizers', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, { ...makeConfigMap('a'), metadata: { name: 'a', finalizers: ['example.com/f'] } })
    const { json } = await send(`DELETE ${MAPS}/a`)
    assert.equal(json.kind, 'ConfigMap')
    assert.equal(json.metadata.deletionTimestamp, '2026-01-01T00:00:00Z')
    const added = await send(
      `PATCH ${MAPS}/a`,
      { metadata: { finalizers: ['example.com/f', 'example.com/g'] } },
      { 'content-type': 'application/merge-patch+json' },
    )
    assert.equal(added.status, 422)
    assert.match(added.json.message, /no new finalizers can be added/)
    const { status } = await send(
      `PATCH ${MAPS}/a`,
      { metadata: { finalizers: null } },
      { 'content-type': 'application/merge-patch+json' },
    )
    assert.equal(status, 200)
    assert.equal((await send(`GET ${MAPS}/a`)).status, 404)
  })

  it('checks preconditions', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    const { status, json } = await send(`DELETE ${MAPS}/a`, { preconditions: { uid: 'another' } })
    assert.equal(status, 409)
    assert.match(json.message, /Precondition failed: UID in precondition: another/)
  })

  it('lets a pod end before it is gone', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p', { nodeName: 'n1' }))
    const marked = (await send(`DELETE ${PODS}/p`)).json
    assert.equal(marked.metadata.deletionGracePeriodSeconds, 30)
    assert.equal((await send(`GET ${PODS}/p`)).status, 200)
    await send(`DELETE ${PODS}/p`, { gracePeriodSeconds: 0 })
    assert.equal((await send(`GET ${PODS}/p`)).status, 404)
  })

  it('holds a namespace until its finalizer is gone', async () => {
    const { send } = await startTestServer()
    const created = (await send('POST /api/v1/namespaces', { metadata: { name: 'x' } })).json
    assert.deepEqual(created.spec.finalizers, ['kubernetes'])
    assert.equal(created.status.phase, 'Active')
    const dying = (await send('DELETE /api/v1/namespaces/x')).json
    assert.equal(dying.status.phase, 'Terminating')
    // Only the subresource can take the finalizer away.
    const kept = (await send('PUT /api/v1/namespaces/x', { ...dying, spec: {} })).json
    assert.deepEqual(kept.spec.finalizers, ['kubernetes'])
    assert.equal((await send('PUT /api/v1/namespaces/x/finalize', { ...kept, spec: {} })).status, 200)
    assert.equal((await send('GET /api/v1/namespaces/x')).status, 404)
  })

  it('deletes what a selector chooses', async () => {
    const { send } = await startTestServer()
    for (const name of ['a', 'b', 'c']) {
      const labels = { app: name === 'c' ? 'other' : 'web' }
      await send(`POST ${MAPS}`, { ...makeConfigMap(name), metadata: { name, labels } })
    }
    const { json } = await send(`DELETE ${MAPS}?labelSelector=app%3Dweb`)
    assert.equal(json.kind, 'ConfigMapList')
    assert.equal(json.items.length, 2)
    assert.deepEqual(
      (await send(`GET ${MAPS}`)).json.items.map((one: KubeObject) => one.metadata.name),
      ['c'],
    )
  })
})
