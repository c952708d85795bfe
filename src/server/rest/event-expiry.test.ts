import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startTestServer } from '../server.test-helper.ts'
import { expireEvents } from './event-expiry.ts'

const EVENTS = '/api/v1/namespaces/default/events'

it('removes events an hour after they were last seen', async () => {
  const { send, store, clock } = await startTestServer()
  const stop = expireEvents(store, clock)
  const event = (name: string, more: object = {}): object => ({
    metadata: { name, namespace: 'default' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
    reason: 'Started',
    type: 'Normal',
    ...more,
  })
  await send(`POST ${EVENTS}`, event('once'))
  await send(`POST ${EVENTS}`, event('again'))
  await clock.advance(50 * 60_000)
  const seen = await send(
    `PATCH ${EVENTS}/again`,
    { lastTimestamp: '2026-01-01T00:50:00Z', count: 2 },
    { 'content-type': 'application/merge-patch+json' },
  )
  assert.equal(seen.status, 200, seen.text)
  await clock.advance(11 * 60_000)
  const names = async (): Promise<string[]> =>
    (await send(`GET ${EVENTS}`)).json.items.map((one: { metadata: { name: string } }) => one.metadata.name)
  assert.deepEqual(await names(), ['again'])
  await clock.advance(60 * 60_000)
  assert.deepEqual(await names(), [])
  stop()
  assert.equal(clock.nextAlarm(), undefined)
})

it('shows events of both groups as one', async () => {
  const { send } = await startTestServer()
  const created = await send('POST /apis/events.k8s.io/v1/namespaces/default/events', {
    metadata: { name: 'e' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/c',
    reportingInstance: 'c-1',
    action: 'Binding',
    reason: 'Scheduled',
    regarding: { kind: 'Pod', namespace: 'default', name: 'p' },
    note: 'assigned',
    type: 'Normal',
  })
  assert.equal(created.status, 201, created.text)
  assert.equal(created.json.apiVersion, 'events.k8s.io/v1')
  const core = (await send(`GET ${EVENTS}/e`)).json
  assert.equal(core.apiVersion, 'v1')
  assert.equal(core.message, 'assigned')
  assert.equal(core.involvedObject.name, 'p')
  assert.equal(core.metadata.resourceVersion, created.json.metadata.resourceVersion)
  const list = (await send('GET /apis/events.k8s.io/v1/events')).json
  assert.equal(list.items[0].note, 'assigned')
  assert.equal(list.items[0].metadata.resourceVersion, core.metadata.resourceVersion)
})
