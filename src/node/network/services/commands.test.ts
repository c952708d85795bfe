import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandsFor } from './commands.ts'

describe('commandsFor', () => {
  it('removes before it adds, so that a new value is one transaction', () => {
    const changes = [
      { map: 'pools', key: '1', before: 'goto spread-tcp-1', after: 'goto spread-tcp-2' },
      { map: 'tcp_targets', key: '1 . 1', before: undefined, after: '10.244.0.2 . 80' },
      { map: 'restricted', key: '192.0.2.1 . tcp . 80', before: undefined, after: '' },
    ]
    assert.deepEqual(commandsFor('t', changes, new Set(['spread-tcp-1', 'spread-tcp-2'])), {
      commands: [
        'delete element ip t pools { 1 }',
        'add element ip t pools { 1 : goto spread-tcp-2 }',
        'add element ip t tcp_targets { 1 . 1 : 10.244.0.2 . 80 }',
        'add element ip t restricted { 192.0.2.1 . tcp . 80 }',
      ],
      newChains: [],
    })
  })

  it('makes the chain for a number of targets when it is first needed, once', () => {
    const changes = [
      { map: 'pools', key: '1', before: undefined, after: 'goto spread-tcp-7' },
      { map: 'pools', key: '2', before: undefined, after: 'goto spread-tcp-7' },
      { map: 'pools', key: '3', before: undefined, after: 'goto refuse' },
    ]
    const { commands, newChains } = commandsFor('t', changes, new Set())
    assert.deepEqual(newChains, ['spread-tcp-7'])
    assert.equal(commands.filter((command) => command.startsWith('add chain')).length, 1)
    assert.match(commands[1]!, /numgen random mod 7 map @tcp_targets/)
  })
})
