import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { layoutOf } from './cluster-file.ts'
import { importedImages, noteImported } from './images.ts'

it('images from files are noted by name, each once', (t) => {
  const layout = layoutOf(mkdtempSync(join(tmpdir(), 'wherry-images-')))
  t.after(() => rmSync(layout.root, { recursive: true }))
  const node = { name: 'one', address: '10.1.2.3', agentPort: 10_250 }
  mkdirSync(layout.node(node.name), { recursive: true })
  assert.deepEqual(importedImages(layout, node), [])
  noteImported(layout, node, ['app:v1', 'two\nlines'])
  noteImported(layout, node, ['app:v1', 'app:v2'])
  assert.deepEqual(importedImages(layout, node), ['app:v1', 'app:v2'])
})
