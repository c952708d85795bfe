import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { findProgram } from '../src/cli/machine/packages.ts'

/** The launcher on a machine that has nothing: programs and packages of our own in the place of the real ones. */
describe('bin/wherry on a machine without Node', () => {
  const repository = dirname(import.meta.dirname)
  let folder = ''
  const at = (...parts: string[]): string => join(folder, ...parts)
  const program = (name: string, text: string): void =>
    writeFileSync(at('bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wherry-launcher-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true })
    for (const dir of [at('bin'), at('tree', 'bin'), at('tree', 'src', 'programs')]) mkdirSync(dir, { recursive: true })
    copyFileSync(join(repository, 'bin', 'wherry'), at('tree', 'bin', 'wherry'))
    writeFileSync(at('tree', 'src', 'programs', 'main.ts'), '')
    writeFileSync(at('tree', 'package-lock.json'), '{}')
    for (const tool of ['readlink', 'dirname', 'uname', 'cmp', 'cp', 'mkdir', 'chmod', 'cat', 'touch', 'sh'])
      symlinkSync(findProgram(tool)!, at('bin', tool))
    program('id', 'echo 0')
  })

  /** Installs by making what a package brings; notes what it was asked for. */
  const withApt = (): void =>
    program(
      'apt-get',
      `echo "apt-get $*" >>${at('asked')}
case "$*" in
  *install*npm) cat >${at('bin', 'npm')} <<'END'
${npm()}
END
  chmod +x ${at('bin', 'npm')} ;;
  *install*libatomic1) touch ${at('library')} ;;
esac`,
    )
  /** Brings a Node that starts only where its library is, as the real one. */
  const npm = (): string => `#!/bin/sh
echo "npm $*" >>${at('asked')}
for arch in x64 arm64; do
  mkdir -p node_modules/node-linux-$arch/bin
  printf '#!/bin/sh\\n[ -e ${at('library')} ] || exit 127\\necho "started $*"\\n' >node_modules/node-linux-$arch/bin/node
  chmod +x node_modules/node-linux-$arch/bin/node
done
touch node_modules/.package-lock.json`

  const launch = () =>
    spawnSync('/bin/sh', [at('tree', 'bin', 'wherry'), 'up'], { env: { PATH: at('bin') }, encoding: 'utf8' })
  const asked = (): readonly string[] =>
    spawnSync('cat', [at('asked')], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')

  it('brings npm, the packages without their scripts, and the library that Node needs', () => {
    withApt()
    const { stdout, stderr, status } = launch()
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^started /)
    const lines = asked()
    assert.match(
      lines.find((line) => line.startsWith('npm ci'))!,
      / --ignore-scripts/,
    )
    assert.ok(
      lines.findIndex((line) => line.endsWith(' libatomic1')) > lines.findIndex((line) => line.endsWith(' npm')),
    )
    rmSync(at('asked'))
    assert.match(launch().stdout, /^started /)
    assert.ok(!existsSync(at('asked')), 'the second start brings nothing')
  })

  it('names what a user without rights has to install, and goes on when it is there', () => {
    withApt()
    program('id', 'echo 1000')
    const first = launch()
    assert.equal(first.status, 1)
    assert.match(first.stderr, /apt-get install npm/)
    writeFileSync(at('bin', 'npm'), npm(), { mode: 0o755 })
    const second = launch()
    assert.equal(second.status, 1)
    assert.match(second.stderr, /apt-get install libatomic1/)
    writeFileSync(at('library'), '')
    assert.match(launch().stdout, /^started /)
  })
})
