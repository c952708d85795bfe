import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { helperShell } from './helper-shell.ts'

describe('helperShell', () => {
  it('returns what each command printed, in order, whatever is in its words', async () => {
    const host = helperShell()
    const words = ["it's", '$HOME `id`', 'a\nb', '']
    const answers = await Promise.all([host.run('printf', '%s|', ...words), host.run('echo', 'two')])
    assert.deepEqual(answers, [`${words.join('|')}|`, 'two\n'])
    host.close()
  })

  it('throws what a command complained of', async () => {
    const host = helperShell()
    await assert.rejects(host.run('sh', '-c', 'echo oh no >&2; exit 3'), { message: 'sh failed with 3: oh no' })
    assert.equal(await host.run('echo', 'still here'), 'still here\n')
    host.close()
  })
})
