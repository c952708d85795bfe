import assert from 'node:assert/strict'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  mkdirSync,
  closeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { ConfigMap, Secret } from '../../api/core/v1.ts'
import { makePod } from '../pods/make.test-helper.ts'
import { writeAtomically } from './atomic-writer.ts'
import { checkPayload, configMapPayload, downwardPayload, secretPayload } from './payload.ts'
import type { Payload } from './payload.ts'
import { checkSubPath, openInVolume } from './sub-path.ts'

const payload = (files: Record<string, string>, mode = 0o644): Payload =>
  new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]))

/** Tests run as whoever they run as; only root can give files away. */
const me = { user: process.getuid?.(), group: process.getgid?.() }

describe('volumes of files', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'volume-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('shows files through one link, and replaces them all at once', () => {
    assert.equal(writeAtomically(dir, payload({ a: '1', 'sub/b': '2' }), me, 0), true)
    assert.equal(readFileSync(join(dir, 'a'), 'utf8'), '1')
    assert.equal(readFileSync(join(dir, 'sub/b'), 'utf8'), '2')
    assert.equal(readlinkSync(join(dir, 'a')), '..data/a')
    assert.equal(writeAtomically(dir, payload({ 'sub/b': '3', c: '4' }), me, 0), true)
    assert.deepEqual(
      readdirSync(dir).filter((name) => !name.startsWith('..')),
      ['c', 'sub'],
    )
    assert.equal(readFileSync(join(dir, 'sub/b'), 'utf8'), '3')
    assert.equal(readdirSync(dir).filter((name) => name.startsWith('..2') || name.startsWith('..1')).length, 1)
  })

  it('touches nothing when nothing changed', () => {
    writeAtomically(dir, payload({ a: '1' }), me, 0)
    const before = readlinkSync(join(dir, '..data'))
    assert.equal(writeAtomically(dir, payload({ a: '1' }), me, 5), false)
    assert.equal(readlinkSync(join(dir, '..data')), before)
    assert.equal(writeAtomically(dir, payload({ a: '1' }, 0o600), me, 5), true, 'a mode is a change')
  })

  it('gives files their mode, and what a group must read to the group', () => {
    writeAtomically(dir, payload({ a: '1' }, 0o400), { user: me.user }, 0)
    assert.equal(statSync(join(dir, 'a')).mode & 0o777, 0o400)
    writeAtomically(dir, payload({ a: '1' }, 0o400), me, 0)
    assert.equal(statSync(join(dir, 'a')).mode & 0o777, 0o440)
  })

  it('refuses paths that leave the volume', () => {
    for (const path of ['../x', '/x', 'a/../../x', '..x', '', 'a\0']) {
      assert.throws(() => checkPayload(payload({ [path]: '' })), /no path inside a volume/, path)
    }
  })

  it('takes keys as they are, or those that items name', () => {
    const configMap = { data: { a: '1' }, binaryData: { b: 'AP8=' } } as unknown as ConfigMap
    assert.deepEqual([...configMapPayload(configMap, {}, 'ns', 0o644).keys()], ['a', 'b'])
    const items = [{ key: 'b', path: 'x/y', mode: 0o400 }]
    const [[path, file]] = [...configMapPayload(configMap, { items }, 'ns', 0o644)] as [
      [string, { data: Buffer; mode: number }],
    ]
    assert.deepEqual([path, [...file.data], file.mode], ['x/y', [0, 255], 0o400])
    const missing = [{ key: 'none', path: 'x' }]
    assert.throws(
      () => secretPayload({ data: {} } as unknown as Secret, { name: 's', items: missing }, 'ns', 0o644),
      /non-existent secret key: none/,
    )
    assert.equal(secretPayload(undefined, { name: 's', items: missing, optional: true }, 'ns', 0o644).size, 0)
    assert.throws(() => configMapPayload(undefined, { name: 'c' }, 'ns', 0o644), { message: 'configmap "c" not found' })
  })

  it('tells of the pod itself', () => {
    const pod = makePod({}, { labels: { b: '2', a: 'x"y' } })
    const facts = { hostIPs: [], podIPs: [], allocatable: {} }
    const items = [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }]
    assert.equal(downwardPayload(pod, items, 0o644, facts).get('labels')?.data.toString(), 'a="x\\"y"\nb="2"')
  })

  it('opens a part of a volume through links that stay inside, and no others', () => {
    const root = join(dir, 'v')
    writeAtomically(root, payload({ file: '1' }), me, 0)
    mkdirSync(join(dir, 'v/real'))
    symlinkSync('real', join(dir, 'v/link'))
    symlinkSync('..', join(dir, 'v/out'))
    symlinkSync('/etc', join(dir, 'v/etc'))
    closeSync(openInVolume(root, 'file'))
    closeSync(openInVolume(root, 'link/made/here'))
    assert.ok(statSync(join(dir, 'v/real/made/here')).isDirectory())
    assert.throws(() => openInVolume(root, 'out/x'), /leads out/)
    assert.throws(() => openInVolume(root, 'etc'), /leads out/)
    for (const path of ['/a', '../a', 'a/../..']) assert.throws(() => checkSubPath(path), /must be relative/)
  })
})
