import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { removeNamespaceFolder } from './network.ts'

it('removeNamespaceFolder leaves namespaces of others alone', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'wherry-netns-'))
  const folder = join(parent, 'netns')
  try {
    await removeNamespaceFolder(folder)
    mkdirSync(folder)
    writeFileSync(join(folder, 'other'), '')
    await removeNamespaceFolder(folder)
    assert.ok(existsSync(join(folder, 'other')))
    rmSync(join(folder, 'other'))
    await removeNamespaceFolder(folder)
    assert.ok(!existsSync(folder))
  } finally {
    rmSync(parent, { recursive: true })
  }
})
