import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Everything that proves the project, the quick and general first. A word on the command line keeps only the layers
 * whose name has it. Layers that need root say so and are skipped without it.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const node = process.execPath
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

interface Layer {
  readonly name: string
  readonly needsRoot?: true
  /** A program without which the layer cannot run. */
  readonly needs?: string
  readonly command: readonly string[]
}

const files = (pattern: string): string[] => globSync(pattern, { cwd: root }).toSorted()

const layers: readonly Layer[] = [
  { name: 'check: types', command: [bin('tsc'), '--noEmit'] },
  { name: 'check: lint', command: [bin('oxlint'), '--deny-warnings'] },
  { name: 'check: format', command: [bin('oxfmt'), '--check'] },
  {
    name: 'unit',
    command: [
      node,
      '--test',
      '--test-isolation=none',
      ...files('{src,tools}/**/*.test.ts'),
      ...files('test/{conformance,images}/*.test.ts'),
    ],
  },
  { name: 'process', command: [node, '--test', '--test-concurrency=1', ...files('test/*.test.ts')] },
  {
    name: 'machine',
    needsRoot: true,
    command: [node, '--test', '--test-concurrency=1', ...files('test/{agent,network,gateway}/*.test.ts')],
  },
  {
    name: 'system',
    needsRoot: true,
    command: [node, '--test', '--test-concurrency=1', ...files('test/system/*.test.ts')],
  },
  {
    name: 'conformance',
    needsRoot: true,
    needs: 'go',
    command: [node, 'test/conformance/run.ts', '--quick'],
  },
]

const filters = process.argv.slice(2)
let failed = 0
let passed = 0
let skipped = 0
for (const { name, command, needsRoot, needs } of layers) {
  if (filters.length > 0 && !filters.some((word) => name.includes(word))) continue
  if (needsRoot && process.getuid?.() !== 0) {
    console.log(`\n=== ${name}: skipped, it needs root`)
    skipped++
    continue
  }
  if (needs !== undefined && spawnSync(needs, ['version']).status !== 0) {
    console.log(`\n=== ${name}: skipped, there is no ${needs}`)
    skipped++
    continue
  }
  console.log(`\n=== ${name}`)
  const start = performance.now()
  const { status, error } = spawnSync(command[0]!, command.slice(1), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const ok = status === 0
  if (ok) passed++
  else failed++
  if (error) console.log(error.message)
  console.log(`=== ${name}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - start) / 1000).toFixed(1)} s`)
}
console.log(`\nlayers: ${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
