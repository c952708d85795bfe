import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { KeptPairOptions } from './kept-pair.ts'
import { KeptPair } from './kept-pair.ts'
import type { KeyPair } from './pki.ts'
import { createAuthority, issueCertificate } from './pki.ts'

const now = Date.UTC(2026, 0, 1)

describe('KeptPair', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pair-'))
  after(() => rmSync(folder, { recursive: true }))
  let authority: KeyPair
  let [short, middle, long]: KeyPair[] = []
  const issue = (days: number, by = authority): Promise<KeyPair> =>
    issueCertificate(by, { commonName: 'x', usages: ['client'], days, now })
  before(async () => {
    authority = await createAuthority('test', 1000, now)
    short = await issue(10)
    middle = await issue(20)
    long = await issue(30)
  })

  let count = 0
  const place = (made: KeyPair): KeptPairOptions => {
    const at = (name: string): string => join(folder, `${count}-${name}`)
    count++
    const options = {
      authority: authority.certificate,
      made: { certificate: at('x.crt'), key: at('x.key') },
      renewed: join(folder, `${count}`, 'x.pem'),
    }
    write(options, made)
    return options
  }
  const write = ({ made }: KeptPairOptions, pair: KeyPair): void => {
    writeFileSync(made.certificate, pair.certificate)
    writeFileSync(made.key, pair.key)
  }

  it('keeps what took the place of the first pair over a restart, for its owner alone', () => {
    const options = place(short!)
    const pair = new KeptPair(options)
    assert.deepEqual(pair.current(), short)
    let changes = 0
    pair.onChange(() => changes++)
    pair.replace(long!)
    pair.replace(middle!)
    assert.deepEqual([pair.current(), changes], [middle, 2])
    assert.equal(statSync(options.renewed).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(options.renewed, '..')), ['x.pem'])
    assert.deepEqual(new KeptPair(options).current(), middle)
  })

  it('is put to use even where it cannot be kept', () => {
    const options = place(short!)
    const pair = new KeptPair({ ...options, renewed: join(options.made.key, 'x.pem') })
    assert.throws(() => pair.replace(long!), { code: /ENOTDIR|EEXIST/ })
    assert.deepEqual(pair.current(), long)
  })

  it('takes up what somebody else has made meanwhile, if it lasts longer', () => {
    const options = place(middle!)
    const pair = new KeptPair(options)
    write(options, short!)
    assert.equal(pair.reload(), false)
    write(options, long!)
    assert.equal(pair.reload(), true)
    assert.deepEqual(pair.current(), long)
    assert.equal(pair.reload(), false)
  })

  it('does not believe a pair that is damaged, of two halves, or of another authority', async () => {
    const options = place(short!)
    new KeptPair(options).replace(long!)
    const whole = readFileSync(options.renewed, 'utf8')
    const foreign = await issue(30, await createAuthority('other', 1000, now))
    const cases = [whole.slice(0, -60), '', long!.certificate + middle!.key, foreign.certificate + foreign.key]
    for (const text of cases) {
      writeFileSync(options.renewed, text)
      assert.deepEqual(new KeptPair(options).current(), short)
    }
  })
})
