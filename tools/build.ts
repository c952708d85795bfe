import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'rolldown'
import { build } from 'rolldown'

/**
 * Writes dist/: what the npm package runs, since Node strips no types under node_modules. Each program is one file, and
 * what two of them share another one, since each file costs a start half a millisecond; what is loaded only sometimes
 * stays apart.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dir = join(root, 'dist')
const at = (path: string): string => join(root, 'src', path)
const PROGRAMS = ['programs/server.ts', 'programs/agent.ts', 'cli/run.ts'].map(at)

/** For each module the names of the programs that load it at once. */
const loadedBy = new Map<string, string[]>()

const reachability: Plugin = {
  name: 'reachability',
  buildEnd() {
    for (const program of PROGRAMS) {
      const name = basename(program, '.ts')
      const seen = new Set<string>()
      const visit = (id: string): void => {
        if (seen.has(id)) return
        seen.add(id)
        loadedBy.set(id, [...(loadedBy.get(id) ?? []), name])
        this.getModuleInfo(id)?.importedIds.forEach(visit)
      }
      visit(program)
    }
  },
}

rmSync(dir, { recursive: true, force: true })
await build({
  cwd: root,
  input: { main: at('programs/main.ts') },
  platform: 'node',
  external: /^[^./]/,
  plugins: [reachability],
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir,
    format: 'esm',
    keepNames: true,
    comments: { legal: false },
    minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
    codeSplitting: {
      groups: [3, 2, 1].map((count) => ({
        // What more programs share is taken first: a group takes along whatever else its modules need.
        priority: count,
        debugName: `of ${count}`,
        name: (id) => {
          const programs = loadedBy.get(id) ?? []
          return programs.length === count ? programs.join('-') : null
        },
      })),
    },
  },
})
