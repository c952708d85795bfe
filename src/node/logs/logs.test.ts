import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silentLogger } from '../../lib/log.ts'
import { parseLogLine } from './cri-log.ts'
import { logTail, readLog } from './read-log.ts'
import type { LogOptions } from './read-log.ts'
import { rotateLog } from './rotate-logs.ts'

const never = new AbortController().signal
const line = (second: number, text: string, stream = 'stdout', tag = 'F'): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000001Z ${stream} ${tag} ${text}\n`

describe('parseLogLine', () => {
  it('takes a line apart', () => {
    const parsed = parseLogLine(Buffer.from('2026-01-01T00:00:00.5Z stderr P two words '))
    assert.deepEqual(
      { ...parsed, text: parsed?.text.toString() },
      { time: '2026-01-01T00:00:00.5Z', stream: 'stderr', partial: true, text: 'two words ' },
    )
    assert.equal(parseLogLine(Buffer.from('garbage')), undefined)
    assert.equal(parseLogLine(Buffer.from('t stdout F '))?.text.length, 0)
  })
})

describe('readLog', () => {
  let dir = ''
  let path = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'logs-'))
    path = join(dir, '0.log')
    writeFileSync(
      path,
      line(1, 'one') + line(2, 'err', 'stderr') + line(3, 'par', 'stdout', 'P') + line(4, 'tial') + line(5, ''),
    )
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const read = async (options: LogOptions = {}): Promise<string> => {
    const parts: Buffer[] = []
    for await (const part of readLog(path, options, () => false, never)) parts.push(part)
    return Buffer.concat(parts).toString()
  }

  it('gives what the container wrote', async () => {
    assert.equal(await read(), 'one\nerr\npartial\n\n')
    assert.equal(await read({ stream: 'stderr' }), 'err\n')
    assert.equal(await read({ limitBytes: 5 }), 'one\ne')
    assert.equal(await read({ sinceMs: Date.parse('2026-01-01T00:00:04Z') }), 'tial\n\n')
    assert.equal(
      await read({ timestamps: true, tailLines: 3 }),
      '2026-01-01T00:00:03.000000001Z partial\n2026-01-01T00:00:05.000000001Z \n',
    )
  })

  it('finds the last lines, also in files that were rotated away', async () => {
    renameSync(path, `${path}.20260101-000005000`)
    writeFileSync(path, line(6, 'six') + line(7, 'seven'))
    assert.equal(await read({ tailLines: 1 }), 'seven\n')
    assert.equal(await read({ tailLines: 2 }), 'six\nseven\n')
    assert.equal(await read({ tailLines: 3 }), '\nsix\nseven\n')
    assert.equal(await read({ tailLines: 0 }), '')
    assert.equal(await read({ tailLines: 99 }), 'one\nerr\npartial\n\nsix\nseven\n')
    assert.equal(await logTail(path, 2, 6), 'seven\n')
  })

  it('finds the last lines of a log that is longer than a block', async () => {
    const long = 'x'.repeat(70_000)
    writeFileSync(path, line(1, long) + line(2, long) + line(3, 'end'))
    assert.equal((await read({ tailLines: 2 })).length, 70_000 + 1 + 4)
  })

  it('follows a log over its rotation, to the end of the container', async () => {
    let running = true
    const parts: string[] = []
    const seen = async (text: string): Promise<void> => {
      while (!parts.join('').includes(text)) await new Promise(setImmediate)
    }
    const reading = (async () => {
      for await (const part of readLog(path, { follow: true }, () => running, never)) parts.push(part.toString())
    })()
    await seen('partial')
    appendFileSync(path, line(6, 'six'))
    await seen('six')
    appendFileSync(path, line(7, 'seven'))
    renameSync(path, `${path}.20260101-000007000`)
    writeFileSync(path, line(8, 'eight'))
    await seen('eight')
    running = false
    appendFileSync(path, line(9, 'nine'))
    await reading
    assert.equal(parts.join(''), 'one\nerr\npartial\n\nsix\nseven\neight\nnine\n')
  })

  it('puts a long log aside and keeps a few', async () => {
    let at = Date.UTC(2026, 0, 1)
    const reopened: string[] = []
    const runtime = {
      reopenContainerLog: ({ containerId = '' }) => {
        reopened.push(containerId)
        writeFileSync(path, '')
        return Promise.resolve({})
      },
    }
    const options = { runtime, log: silentLogger, maxBytes: 50, maxFiles: 3, now: () => (at += 1000) }
    assert.equal(await rotateLog('c', path, { ...options, maxBytes: 5000 }), false)
    for (let i = 0; i < 4; i++) {
      writeFileSync(path, line(i, 'x'.repeat(60)))
      assert.equal(await rotateLog('c', path, options), true)
    }
    assert.equal(readdirSync(dir).length, 3)
    assert.equal(readFileSync(path, 'utf8'), '')
    assert.deepEqual(reopened, ['c', 'c', 'c', 'c'])
  })

  it('gives a log its name back when the runtime does not take a new file', async () => {
    const runtime = { reopenContainerLog: () => Promise.reject(new Error('no')) }
    assert.equal(
      await rotateLog('c', path, { runtime, log: silentLogger, maxBytes: 1, maxFiles: 2, now: () => 0 }),
      false,
    )
    assert.deepEqual(readdirSync(dir), ['0.log'])
  })
})
