/**
 * Writes src/api from the reference data: a file of tables for each group version, a file for each kind that is served,
 * and the registry of kinds. Files of kinds are written by people afterwards, so one that is there is left alone;
 * `--tables` rewrites the tables, which is refused without that word.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readFacts } from './kinds/facts.ts'
import { writeKind, writeRegistry } from './kinds/handles.ts'
import { fileOf } from './kinds/plan.ts'
import { writeTables } from './kinds/tables.ts'

const root = join(import.meta.dirname, '..')
const api = join(root, 'src/api')
const overwriteTables = process.argv.includes('--tables')
const facts = readFacts(process.env['REFERENCE'] ?? join(root, '../shared/kubernetes'))

for (const pkg of facts.packages.values()) {
  const file = fileOf(pkg)
  if (file !== undefined) write(file, () => writeTables(facts, pkg), overwriteTables)
}
for (const { file, source } of writeKind(facts)) write(file, () => source, false)
write('kinds.ts', () => writeRegistry(facts), overwriteTables)

function write(file: string, source: () => string, overwrite: boolean): void {
  const path = join(api, file)
  if (existsSync(path) && !overwrite) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, source())
  console.log(`wrote src/api/${file}`)
}
