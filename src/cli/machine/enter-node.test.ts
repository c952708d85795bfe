import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { enterNode } from './bring-up.ts'
import { layoutOf } from './cluster-file.ts'

describe('enterNode', () => {
  const node = { name: 'node-1', address: '192.0.2.1', namespace: 'wherry-x-1', agentPort: 1 }

  it('finds out when it runs whether there is a containerd whose namespaces it can join', () => {
    const root = mkdtempSync(join(tmpdir(), 'wherry-enter-'))
    const stranger = spawn('sleep', ['30'])
    const containerd = spawn('sh', ['-c', 'read x', join(root, 'config')])
    try {
      // In the place of the real one: it prints what it was asked.
      writeFileSync(join(root, 'nsenter'), '#!/bin/sh\nprintf "%s|" "$@"\n', { mode: 0o755 })
      const layout = layoutOf(root)
      const [program, ...args] = [...enterNode(layout, node), 'agent', 'a b']
      const entered = (): readonly string[] =>
        execFileSync(program!, args, {
          encoding: 'utf8',
          env: { PATH: `${root}:${process.env['PATH'] ?? ''}` },
        }).split('|')
      const pidFile = join(layout.node(node.name), 'containerd', 'containerd.pid')
      mkdirSync(join(layout.node(node.name), 'containerd'), { recursive: true })

      const fresh = entered()
      assert.equal(fresh[0], '--net=/run/netns/wherry-x-1')
      assert.deepEqual(fresh.slice(-4), ['node-1', 'agent', 'a b', ''])
      writeFileSync(pidFile, String(stranger.pid))
      assert.deepEqual(entered(), fresh, 'a number that was used again is no containerd')
      writeFileSync(pidFile, String(containerd.pid))
      assert.deepEqual(entered(), ['--target', String(containerd.pid), '--mount', '--uts', '--net', 'agent', 'a b', ''])
    } finally {
      stranger.kill()
      containerd.kill()
      rmSync(root, { recursive: true })
    }
  })
})
