import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Figure, Row } from './figure.ts'
import { median } from './figure.ts'
import { format, header } from './table.ts'

/** Loaded when they are asked for; in the order of the table in the issue. */
const figures: Readonly<Record<string, () => Promise<Figure>>> = {
  start: async () => (await import('./start.ts')).start,
  up: async () => (await import('./up.ts')).up,
  restart: async () => (await import('./start.ts')).restart,
  create: async () => (await import('./create.ts')).create,
  get: async () => (await import('./get.ts')).get,
  lease: async () => (await import('./lease.ts')).lease,
  'status-patch': async () => (await import('./status.ts')).statusPatch,
  'status-apply': async () => (await import('./status.ts')).statusApply,
  delete: async () => (await import('./delete.ts')).deletePods,
  rate: async () => (await import('./rate.ts')).rate,
  watch: async () => (await import('./watch.ts')).watch,
  schedule: async () => (await import('./schedule.ts')).schedule,
  list: async () => (await import('./list.ts')).list,
  idle: async () => (await import('./idle.ts')).idle,
  store: async () => (await import('./store.ts')).store,
  'pod-start': async () => (await import('./pod-start.ts')).podStart,
  ingress: async () => (await import('./ingress.ts')).ingress,
  endpoints: async () => (await import('./endpoints.ts')).endpoints,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})

const unknown = positionals.filter((name) => !Object.hasOwn(figures, name))
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no figure called ${unknown.join(', ')}.`)
  console.error('npm run bench -- [NAME...] [--repeats N] [--json FILE]\n')
  for (const [name, load] of Object.entries(figures)) console.error(`  ${name.padEnd(14)} ${(await load()).summary}`)
  process.exit(unknown.length > 0 ? 2 : 0)
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error('interrupted')))
const rows: (Row & { readonly name: string; readonly median: number })[] = []
let failed = false
console.log(header)
for (const name of positionals.length > 0 ? positionals : Object.keys(figures)) {
  const figure = await figures[name]!()
  if (figure.needsRoot && process.getuid?.() !== 0) {
    console.log(`${name}: skipped, it needs root`)
    continue
  }
  try {
    for await (const row of figure.run({ repeats: Number(values.repeats), signal: stop.signal })) {
      console.log(format(row))
      rows.push({ name, ...row, median: median(row.runs) })
    }
  } catch (error) {
    failed = true
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (stop.signal.aborted) break
}
if (values.json !== undefined) {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, at: new Date().toISOString() }
  writeFileSync(values.json, JSON.stringify({ machine, rows }, null, 2) + '\n')
}
process.exitCode = failed ? 1 : 0
