import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Who may import whom: an arrow may skip a step, none turns back (ARCHITECTURE.md, "Which way imports point"). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  api: ['lib'],
  store: ['lib'],
  client: ['api', 'lib'],
  server: ['store', 'api', 'lib'],
  controllers: ['client', 'api', 'lib'],
  scheduler: ['client', 'api', 'lib'],
  node: ['client', 'api', 'lib'],
  gateway: ['client', 'api', 'lib'],
  dns: ['client', 'api', 'lib'],
  cli: ['client', 'api', 'lib'],
  programs: ['server', 'controllers', 'scheduler', 'node', 'gateway', 'dns', 'cli', 'store', 'client', 'api', 'lib'],
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))

it('imports point one way', () => {
  const wrong: string[] = []
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    const from = file.split('/')[1]!
    const text = readFileSync(join(root, file), 'utf8')
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const to = normalize(join(dirname(file), specifier!)).split('/')[1]!
      // A test may bring together what the product keeps apart.
      if (to === from || file.includes('.test')) continue
      if (!MAY_IMPORT[from]?.includes(to)) wrong.push(`${file} imports ${specifier}`)
    }
  }
  assert.deepEqual(wrong, [])
})
