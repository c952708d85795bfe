import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PodDisruptionBudgets } from '../../api/policy/pod-disruption-budget.ts'
import { makePod, startTestServer } from '../server.test-helper.ts'

const PODS = '/api/v1/namespaces/default/pods'
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments'

describe('scale', () => {
  it('reads and writes the one number', async () => {
    const { send } = await startTestServer()
    await send(`POST ${DEPLOYMENT}`, {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    })
    const { json } = await send(`GET ${DEPLOYMENT}/web/scale`)
    assert.equal(json.kind, 'Scale')
    assert.deepEqual(json.spec, { replicas: 1 })
    assert.equal(json.status.selector, 'app=web')
    assert.equal((await send(`PUT ${DEPLOYMENT}/web/scale`, { ...json, spec: { replicas: 3 } })).json.spec.replicas, 3)
    assert.equal((await send(`GET ${DEPLOYMENT}/web`)).json.spec.replicas, 3)
    assert.equal((await send(`PUT ${DEPLOYMENT}/web/scale`, { ...json, spec: { replicas: 4 } })).status, 409)
    const merge = { 'content-type': 'application/merge-patch+json' }
    assert.equal((await send(`PATCH ${DEPLOYMENT}/web/scale`, { spec: { replicas: 5 } }, merge)).json.spec.replicas, 5)
    assert.equal((await send(`PATCH ${DEPLOYMENT}/web/scale`, { spec: { replicas: -1 } }, merge)).status, 422)
    assert.equal((await send(`GET ${PODS}/web/scale`)).status, 404)
  })
})

describe('binding', () => {
  const binding = (name: string): object => ({ metadata: { name }, target: { kind: 'Node', name: 'n1' } })

  it('puts a pod on a node, once', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    assert.equal((await send(`POST ${PODS}/p/binding`, binding('p'))).status, 201)
    const { metadata, spec, status } = (await send(`GET ${PODS}/p`)).json
    assert.equal(spec.nodeName, 'n1')
    assert.equal(metadata.generation, 1)
    assert.deepEqual(status.conditions[0].type, 'PodScheduled')
    const again = await send(`POST ${PODS}/p/binding`, binding('p'))
    assert.equal(again.status, 409)
    assert.match(again.json.message, /already assigned to node "n1"/)
    assert.equal((await send(`POST ${PODS}/q/binding`, binding('q'))).status, 404)
  })

  it('leaves everything else of the pod as it was, and with whom it belonged', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}?fieldManager=maker`, makePod('p'))
    const before = (await send(`GET ${PODS}/p`)).json
    await send(`POST ${PODS}/p/binding?fieldManager=scheduler`, binding('p'))
    const after = (await send(`GET ${PODS}/p`)).json
    assert.notEqual(after.metadata.resourceVersion, before.metadata.resourceVersion)
    assert.deepEqual(after.metadata, { ...before.metadata, resourceVersion: after.metadata.resourceVersion })
    assert.deepEqual(after.spec, { ...before.spec, nodeName: 'n1' })
  })

  it('only looks when it is a dry run', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    assert.equal((await send(`POST ${PODS}/p/binding?dryRun=All`, binding('p'))).status, 201)
    assert.equal((await send(`GET ${PODS}/p`)).json.spec.nodeName, undefined)
  })

  it('notes on the pod what it carries, if that can be noted', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, { ...makePod('p'), metadata: { name: 'p', annotations: { a: '1' } } })
    const noting = (annotations: object): object => ({ ...binding('p'), metadata: { name: 'p', annotations } })
    assert.equal((await send(`POST ${PODS}/p/binding`, noting({ 'not a key': '2' }))).status, 422)
    assert.equal((await send(`POST ${PODS}/p/binding`, noting({ b: '2' }))).status, 201)
    assert.deepEqual((await send(`GET ${PODS}/p`)).json.metadata.annotations, { a: '1', b: '2' })
  })

  it('also by the older path', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    assert.equal((await send('POST /api/v1/namespaces/default/bindings', binding('p'))).status, 201)
    assert.equal((await send(`GET ${PODS}/p`)).json.spec.nodeName, 'n1')
  })
})

describe('eviction', () => {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }
  const running = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }
  const merge = { 'content-type': 'application/merge-patch+json' }

  it('deletes a pod that no budget protects', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    assert.equal((await send(`POST ${PODS}/p/eviction`, eviction)).status, 201)
    assert.equal((await send(`GET ${PODS}/p`)).status, 404)
  })

  it('takes from the budget, and stops when it is used up', async () => {
    const { send, api } = await startTestServer()
    for (const name of ['p', 'q']) {
      await send(`POST ${PODS}`, makePod(name, { nodeName: 'n1' }, { labels: { app: 'web' } }))
      await send(`PATCH ${PODS}/${name}/status`, running, merge)
    }
    const ref = { namespace: 'default', name: 'b' }
    await api.create(PodDisruptionBudgets, {
      metadata: ref,
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    })
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
    }
    await api.patch(PodDisruptionBudgets, ref, { status }, { type: 'merge', subresource: 'status' })
    assert.equal((await send(`POST ${PODS}/p/eviction`, eviction)).status, 201)
    const pod = (await send(`GET ${PODS}/p`)).json
    assert.notEqual(pod.metadata.deletionTimestamp, undefined)
    assert.equal(pod.status.conditions.at(-1).type, 'DisruptionTarget')
    const budget = await api.get(PodDisruptionBudgets, ref)
    assert.equal(budget.status.disruptionsAllowed, 0)
    assert.deepEqual(Object.keys(budget.status.disruptedPods ?? {}), ['p'])
    const refused = await send(`POST ${PODS}/q/eviction`, { ...eviction, metadata: { name: 'q' } })
    assert.equal(refused.status, 429)
    assert.equal(refused.json.details.causes[0].reason, 'DisruptionBudget')
    assert.equal((await send(`GET ${PODS}/q`)).json.metadata.deletionTimestamp, undefined)
  })
})

describe('subresources of pods', () => {
  it('change only their part', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p', { nodeName: 'n1' }))
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
    const change = {
      spec: {
        ephemeralContainers: [{ name: 'debug', image: 'busybox' }],
        containers: [{ name: 'main', image: 'other' }],
      },
    }
    const { json } = await send(`PATCH ${PODS}/p/ephemeralcontainers`, change, strategic)
    assert.equal(json.spec.ephemeralContainers[0].name, 'debug')
    assert.equal(json.spec.containers[0].image, 'busybox')
    const resize = { spec: { containers: [{ name: 'main', image: 'other', resources: { requests: { cpu: '2' } } }] } }
    const resized = (await send(`PATCH ${PODS}/p/resize`, resize, strategic)).json
    assert.equal(resized.spec.containers[0].resources.requests.cpu, '2')
    assert.equal(resized.spec.containers[0].image, 'busybox')
  })

  it('ask for an upgrade', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p', { nodeName: 'n1' }))
    const { status, json } = await send(`POST ${PODS}/p/exec?command=ls`)
    assert.equal(status, 400)
    assert.equal(json.message, 'Upgrade request required')
  })
})

describe('proxy', () => {
  it('leads readers to an address that ends with a slash', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    const merge = { 'content-type': 'application/merge-patch+json' }
    await send(`PATCH ${PODS}/p/status`, { status: { podIP: '192.0.2.9' } }, merge)
    const { status, headers } = await send(`GET ${PODS}/p/proxy?a=b`)
    assert.equal(status, 301)
    assert.equal(headers['location'], `${PODS}/p/proxy/?a=b`)
  })
})
