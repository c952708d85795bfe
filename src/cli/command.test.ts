import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defineCommand, helpText, readValues } from './command.ts'
import { createPrinter } from './output/printer.ts'
import { findCommand, runCommandLine } from './run.ts'

const sample = defineCommand({
  name: 'sample',
  summary: 'A sample.',
  usage: 'wherry sample [--size N]',
  options: {
    size: { type: 'string', value: 'N', default: '3', variable: 'SIZE', help: 'How many' },
    fast: { type: 'boolean', help: 'Quickly' },
  },
  async run() {},
})

function session(env: Record<string, string> = {}) {
  const written = { out: '', err: '' }
  const print = createPrinter(
    { write: (text) => (written.out += text) },
    { write: (text) => (written.err += text) },
    {},
  )
  return { written, context: { print, env, signal: new AbortController().signal } }
}

describe('readValues', () => {
  it('takes the flag, else the variable, else the default', () => {
    const read = (args: string[], env = {}) => readValues(sample as never, args, env).values
    assert.deepEqual(read([]), { size: '3', fast: false })
    assert.deepEqual(read([], { SIZE: '5' }), { size: '5', fast: false })
    assert.deepEqual(read(['--size', '7', '--fast'], { SIZE: '5' }), { size: '7', fast: true })
  })

  it('names a flag that is not known, and the usage', () => {
    assert.throws(() => readValues(sample as never, ['--colour'], {}), {
      code: 'bad-request',
      hint: 'Usage: wherry sample [--size N]',
    })
  })
})

describe('helpText', () => {
  it('shows every flag with its default and variable', () => {
    assert.match(helpText(sample as never), /--size N {2}How many \(default 3; SIZE\)/)
  })
})

describe('runCommandLine', () => {
  it('finds commands of several words', () => {
    assert.equal(findCommand(['image', 'import', 'a.tar'])?.command.name, 'image import')
    assert.deepEqual(findCommand(['image', 'import', 'a.tar'])?.rest, ['a.tar'])
    assert.equal(findCommand(['image']), undefined)
  })

  it('says what is near a word that it does not know, and exits with 2', async () => {
    const { written, context } = session()
    assert.equal(await runCommandLine(['stauts'], context), 2)
    assert.match(written.err, /no command `stauts`[^]*Did you mean `wherry status`/)
  })

  it('says the next step when there is no cluster, and exits with 1', async () => {
    const { written, context } = session()
    assert.equal(await runCommandLine(['status', '--data-dir', '/nonexistent/wherry'], context), 1)
    assert.match(written.err, /no cluster[^]*sudo wherry up/)
  })

  it('says which version it is, by word and by flag', async () => {
    for (const args of [['version'], ['--version']]) {
      const { written, context } = session()
      assert.equal(await runCommandLine(args, context), 0)
      assert.match(written.out, /^wherry \d+\.\d+\.\d+ \(Kubernetes API v1\.\d+\.\d+, Node v\d+/)
    }
  })

  it('writes no colours when it is not on a terminal', async () => {
    const { written, context } = session()
    await runCommandLine(['--help'], context)
    assert.ok(!(written.out + written.err).includes('\u001b'))
  })
})
