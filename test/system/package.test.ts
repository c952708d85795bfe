import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { call, mustCall, repository } from './system-cluster.ts'

describe('the npm package', () => {
  it('works when it is installed in an empty folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-package-'))
    const data = join(folder, 'data')
    const wherry = join(folder, 'node_modules', '.bin', 'wherry')
    try {
      const [packed] = JSON.parse(await mustCall('npm', ['pack', '--json', '--pack-destination', folder])) as {
        filename: string
        files: { path: string }[]
      }[]
      assert.deepEqual(
        packed!.files.map(({ path }) => path).filter((path) => path.endsWith('.ts')),
        [],
      )
      await mustCall(
        'npm',
        ['install', '--no-fund', '--no-audit', '--prefix', folder, join(folder, packed!.filename)],
        { cwd: folder },
      )
      const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }
      assert.match(await mustCall(wherry, ['--help']), /sudo wherry up/)

      const up = await call(wherry, ['up', '--nodes', '1', '--name', 'package', '--data-dir', data])
      assert.equal(up.code, 0, up.stderr)
      const status = JSON.parse(await mustCall(wherry, ['status', '-o', 'json', '--data-dir', data])) as {
        version: { wherry: string }
        healthy: boolean
      }
      assert.deepEqual([status.version.wherry, status.healthy], [version, true])
    } finally {
      await call(wherry, ['down', '--purge', '--data-dir', data])
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
