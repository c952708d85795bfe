import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pods } from '../../api/core/pod.ts'
import type { AdmissionPlugin } from '../admission/admission.ts'
import { forbidden } from '../admission/refusal.ts'
import type { TestServer } from '../server.test-helper.ts'
import { makePod, startTestServer } from '../server.test-helper.ts'

const PODS = '/api/v1/namespaces/default/pods'
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u1', controller: true }

const refusing = (stage: 'mutate' | 'validate', waits: boolean): AdmissionPlugin => ({
  name: 'Refuser',
  handles: ({ kind }) => kind === Pods,
  [stage]: (attempt: Parameters<AdmissionPlugin['handles']>[0]) => {
    const error = forbidden(attempt, 'not today', { hint: 'Try tomorrow.' })
    if (waits) return Promise.reject(error)
    throw error
  },
})

const adding = (name: string): AdmissionPlugin => ({
  name,
  handles: ({ kind }) => kind === Pods,
  mutate: async ({ object }) => {
    const labels = { ...object!.metadata.labels }
    labels['seen'] = `${labels['seen'] ?? ''}${name}`
    return { ...object!, metadata: { ...object!.metadata, labels } }
  },
})

const decisions = async ({ send }: TestServer, about: string): Promise<any[]> =>
  (await send(`GET /apis/wherry.dev/v1/decisions?about=${about}`)).json.items

describe('admission', () => {
  it('lets plug-ins change an object one after the other, also those that wait', async () => {
    const { send } = await startTestServer({ admission: [adding('a'), adding('b'), adding('c')] })
    const { json } = await send(`POST ${PODS}`, makePod('x'))
    assert.equal(json.metadata.labels.seen, 'abc')
  })

  for (const stage of ['mutate', 'validate'] as const) {
    for (const waits of [false, true]) {
      it(`remembers who refused what for whom: in ${stage}${waits ? ', after a while' : ''}`, async () => {
        const server = await startTestServer({ admission: [adding('a'), refusing(stage, waits)] })
        const { status } = await server.send(`POST ${PODS}`, makePod('x', {}, { ownerReferences: [owner] }))
        assert.equal(status, 403)
        const [decision, ...more] = await decisions(server, 'pods/default/x')
        assert.deepEqual(more, [])
        const { by, verdict, message, help, because } = decision
        assert.deepEqual(
          { by, verdict, message, help },
          {
            by: 'admission/Refuser',
            verdict: 'refused',
            message: 'pods "x" is forbidden: not today',
            help: 'Try tomorrow.',
          },
        )
        assert.deepEqual(because[0].ref, {
          resource: 'replicasets.apps',
          namespace: 'default',
          name: 'web',
          uid: 'u1',
        })
      })
    }
  }
})
