import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { layoutOf } from './cluster-file.ts'
import { commandLineOf, machineUnitFile, shellSupervisor, systemdSupervisor, unitFile, waitUntil } from './processes.ts'

const script = join(import.meta.dirname, '..', '..', '..', 'bin', 'supervise')

describe('shellSupervisor', () => {
  it('starts a program again when it is killed, and ends it when it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-supervise-'))
    try {
      const supervisor = shellSupervisor(layoutOf(folder), script)
      await supervisor.start({
        name: 'x',
        description: '',
        command: ['/bin/sh', '-c', `while :; do sleep 0.1; done # ${folder}`],
      })
      const first = supervisor.pid('x')!
      await supervisor.start({ name: 'x', description: '', command: ['/bin/false'] })
      assert.equal(supervisor.pid('x'), first, 'a second start changes nothing')
      process.kill(first, 'SIGKILL')
      assert.ok(await waitUntil(() => supervisor.pid('x') !== undefined && supervisor.pid('x') !== first, 10_000))
      const second = supervisor.pid('x')!
      await supervisor.stop('x')
      assert.equal(commandLineOf(second), undefined)
      assert.equal(supervisor.pid('x'), undefined)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('does not take a stranger for its own program, whose id was used again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-supervise-'))
    const stranger = spawn('sleep', ['30'])
    try {
      mkdirSync(join(folder, 'run'))
      writeFileSync(join(folder, 'run', 'x.pid'), String(stranger.pid))
      assert.equal(shellSupervisor(layoutOf(folder), script).pid('x'), undefined)
    } finally {
      stranger.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('systemdSupervisor', () => {
  it('says where a log is: in the journal, or where our script within the unit writes it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-supervise-'))
    try {
      const { log } = systemdSupervisor('x', layoutOf(folder), script)
      assert.equal(log('server').where, '`journalctl -u wherry-x-server.service`')
      mkdirSync(join(folder, 'log'))
      writeFileSync(join(folder, 'log', 'agent-a.log'), '')
      assert.equal(log('agent-a').where, join(folder, 'log', 'agent-a.log'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('unitFile', () => {
  it('quotes what systemd would read otherwise, and ends only the main process', () => {
    const text = unitFile(
      {
        name: 'server',
        description: 'wherry',
        command: ['/usr/bin/node', '--data-dir', '/srv/my data/100%', 'a"b$c'],
      },
      'wherry-x-machine.service',
    )
    assert.match(text, /^ExecStart=\/usr\/bin\/node --data-dir "\/srv\/my data\/100%%" "a\\"b\$\$c"$/m)
    assert.match(text, /^KillMode=process$/m)
  })

  it('comes after what follows the machine, without starting it', () => {
    const text = unitFile({ name: 'server', description: '', command: ['/bin/x'] }, 'wherry-x-machine.service')
    assert.match(text, /^After=.* wherry-x-machine\.service$/m)
    assert.doesNotMatch(text, /^(Wants|Requires)=.*machine/m)
    const once = machineUnitFile({ name: 'machine', description: '', atStart: ['/bin/x', '1'], atEnd: ['/bin/x', '0'] })
    assert.match(once, /^Type=oneshot\nRemainAfterExit=yes\nExecStart=\/bin\/x 1\nExecStop=\/bin\/x 0$/m)
    assert.doesNotMatch(once, /^Restart=/m)
  })
})
