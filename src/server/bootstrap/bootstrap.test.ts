import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { startTestServer } from '../server.test-helper.ts'
import { bootstrapObjects } from './bootstrap.ts'

it('tells servers behind this one whom to believe, and again when that has changed', async () => {
  const { api, server } = await startTestServer()
  const ref = { namespace: 'kube-system', name: 'extension-apiserver-authentication' }
  const serviceRange = '10.96.0.0/16'
  await bootstrapObjects(api, { serviceRange, clientCa: 'old' })
  assert.deepEqual({ ...(await api.get(ConfigMaps, ref)).data }, { 'client-ca-file': 'old' })
  await api.patch(ConfigMaps, ref, { data: { other: 'kept' } }, { type: 'merge' })
  await bootstrapObjects(api, { serviceRange, clientCa: 'new', frontProxy: { ca: 'front', name: 'proxy' } })
  const { data, metadata } = await api.get(ConfigMaps, ref)
  assert.deepEqual(
    { ...data },
    {
      'client-ca-file': 'new',
      other: 'kept',
      'requestheader-client-ca-file': 'front',
      'requestheader-allowed-names': '["proxy"]',
      'requestheader-username-headers': '["X-Remote-User"]',
      'requestheader-uid-headers': '["X-Remote-Uid"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    },
  )
  await bootstrapObjects(api, { serviceRange, clientCa: 'new', frontProxy: { ca: 'front', name: 'proxy' } })
  assert.equal((await api.get(ConfigMaps, ref)).metadata.resourceVersion, metadata.resourceVersion)
  await server.close()
})
