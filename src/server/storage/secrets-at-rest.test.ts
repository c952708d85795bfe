import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { secretsAtRest } from './secrets-at-rest.ts'

const key = '/registry/secrets/x/a'
const bytes = Buffer.from('{"kind":"Secret","data":{"password":"aHVudGVyMg=="}}')
const newKey = (): string => randomBytes(32).toString('base64')

describe('secretsAtRest', () => {
  it('gives back what it sealed, and shows none of it', () => {
    const { seal, open } = secretsAtRest(newKey() + '\n')
    const sealed = seal(key, bytes)
    assert.deepEqual(open(key, sealed), bytes)
    assert.ok(!sealed.includes('password') && !sealed.includes('aHVudGVyMg'))
    assert.notDeepEqual(seal(key, bytes), sealed, 'the same bytes look different each time')
  })

  it('notices any changed byte', () => {
    const { seal, open } = secretsAtRest(newKey())
    const sealed = seal(key, bytes)
    for (let i = 'wherry:sealed:1:'.length; i < sealed.length; i++) {
      const changed = Buffer.from(sealed)
      changed[i]! ^= 1
      assert.throws(() => open(key, changed), { code: 'internal' }, `byte ${i}`)
    }
    assert.throws(() => open(key, sealed.subarray(0, 50)), { code: 'internal' })
  })

  it('does not open one object’s bytes as another’s', () => {
    const { seal, open } = secretsAtRest(newKey())
    assert.throws(() => open('/registry/secrets/x/b', seal(key, bytes)), /belong to another object/)
  })

  it('reads what older keys sealed, and says that it should be written again', () => {
    const [old, next] = [newKey(), newKey()]
    const before = secretsAtRest(old)
    const after = secretsAtRest(`${next}\n${old}\n`)
    const sealed = before.seal(key, bytes)
    assert.deepEqual(after.open(key, sealed), bytes)
    assert.deepEqual(
      [after.isCurrent(sealed), after.isCurrent(after.seal(key, bytes)), after.isCurrent(bytes)],
      [false, true, false],
    )
    assert.throws(() => secretsAtRest(next).open(key, sealed), /a key that is not here/)
  })

  it('reads bytes from before there was a key', () => {
    assert.deepEqual(secretsAtRest(newKey()).open(key, bytes), bytes)
  })

  it('refuses a file without a good key', () => {
    assert.throws(() => secretsAtRest('\n'), /no key/)
    assert.throws(() => secretsAtRest('c2hvcnQ='), /32 bytes/)
  })
})
