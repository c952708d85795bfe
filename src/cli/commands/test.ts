import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WherryError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'

export const test = defineCommand({
  name: 'test',
  summary: 'Run everything that proves the project (in a checkout).',
  usage: 'wherry test [FILTER...]',
  options: {},
  passThrough: true,
  run({ positionals }) {
    const runner = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'test', 'run.ts')
    if (!existsSync(runner)) {
      throw new WherryError('unavailable', 'The tests are part of the source, not of the installed package.', {
        hint: 'Clone the repository, then run bin/wherry test there.',
      })
    }
    return new Promise<number>((resolve) => {
      const child = spawn(process.execPath, [runner, ...positionals], { stdio: 'inherit' })
      child.on('close', (code) => resolve(code ?? 1))
    })
  },
})
