import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mapCommands, mapLines } from './maps.ts'

const content = (entries: Record<string, string>): string => mapLines(Object.entries(entries)).join('\n')

describe('mapCommands', () => {
  it('says only what has changed, what is new first', () => {
    const before = content({ 'a.example/': 'h0', 'b.example/': 'h1', 'c.example/': 'h2' })
    const after = content({ 'a.example/': 'h0', 'b.example/': 'h3', 'd.example/x/': 'h4' })
    assert.deepEqual(mapCommands('/f', before, after), [
      'set map /f b.example/ h3',
      'add map /f d.example/x/ h4',
      'del map /f c.example/',
    ])
    assert.deepEqual(mapCommands('/f', after, after), [])
    assert.deepEqual(mapCommands('/f', '', content({ '*': '*' })), ['add map /f * *'])
  })

  it('leaves to a new content what cannot stand in a command, what is much, and what begins at nobody knows what', () => {
    for (const key of ['a.example/;quit/', 'a.example/\\\\/', "a.example/'/", 'a.example/#/']) {
      assert.equal(mapCommands('/f', '', content({ [key]: 'h0' })), undefined)
      assert.equal(mapCommands('/f', content({ [key]: 'h0' }), ''), undefined)
    }
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`h${i}.example/`, 'h0']))
    assert.equal(mapCommands('/f', '', content(many)), undefined)
    assert.equal(mapCommands('/f', undefined, content({ 'a.example/': 'h0' })), undefined)
  })

  it('brings any map to any other', () => {
    const entries = fc.dictionary(fc.constantFrom('a/', 'b/', 'c/', '*', 'd.e/f/'), fc.constantFrom('h0', 'h1', 'h2'))
    fc.assert(
      fc.property(entries, entries, (old, wanted) => {
        const map = new Map<string, string>(Object.entries(old))
        for (const command of mapCommands('/f', content(old), content(wanted)) ?? []) {
          const [verb, , , key, value] = command.split(' ') as [string, string, string, string, string]
          assert.equal(map.has(key), verb !== 'add')
          if (verb === 'del') map.delete(key)
          else map.set(key, value)
        }
        assert.deepEqual(Object.fromEntries(map), { ...wanted })
      }),
    )
  })
})
