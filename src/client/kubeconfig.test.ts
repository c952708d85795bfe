import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isWherryError } from '../lib/errors.ts'
import { formatKubeconfig, loadKubeconfig, parseKubeconfig } from './kubeconfig.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const CONFIG = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c1
  cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: ${base64('CA')}}
- name: c2
  cluster: {server: "https://10.0.0.1:6443", certificate-authority: ca.pem, tls-server-name: kubernetes}
users:
- name: u1
  user: {client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}}
- name: u2
  user: {tokenFile: token}
contexts:
- name: one
  context: {cluster: c1, user: u1, namespace: web}
- name: two
  context: {cluster: c2, user: u2}
- name: broken
  context: {cluster: c3, user: u2}
`

describe('kubeconfig', () => {
  it('reads the current context with certificates inside the file', async () => {
    assert.deepEqual(await parseKubeconfig(CONFIG, { path: '/none/config' }), {
      server: 'https://127.0.0.1:6443',
      tls: { ca: 'CA', certificate: 'CERT', key: 'KEY' },
      namespace: 'web',
    })
  })

  it('reads another context with files beside the kubeconfig', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wherry-kubeconfig-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'config'), CONFIG)
    await writeFile(join(folder, 'ca.pem'), 'CA of a file')
    await writeFile(join(folder, 'token'), 'secret\n')
    assert.deepEqual(await loadKubeconfig(join(folder, 'config'), 'two'), {
      server: 'https://10.0.0.1:6443',
      tls: { ca: 'CA of a file', serverName: 'kubernetes' },
      token: 'secret',
      namespace: 'default',
    })
  })

  it('reads back what it writes', async () => {
    const text = formatKubeconfig({
      name: 'dev: #1',
      server: 'https://[::1]:6443',
      ca: 'CA',
      certificate: 'C',
      key: 'K',
    })
    assert.deepEqual(await parseKubeconfig(text, { path: 'x' }), {
      server: 'https://[::1]:6443',
      tls: { ca: 'CA', certificate: 'C', key: 'K' },
      namespace: 'default',
    })
  })

  it('says what is missing', async () => {
    const failing = (text: string, context?: string) =>
      parseKubeconfig(text, { path: 'config', ...(context !== undefined && { context }) })
    await assert.rejects(failing(CONFIG, 'three'), /has no context "three"/)
    await assert.rejects(failing(CONFIG, 'broken'), /has no cluster "c3"/)
    await assert.rejects(failing('a: [', undefined), /is no YAML/)
    await assert.rejects(failing(CONFIG, 'two'), /names the file ca.pem, which cannot be read/)
    await assert.rejects(loadKubeconfig('/none/such'), (error) => isWherryError(error, 'not-found'))
  })
})
