import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseProtocol, failureIn } from './channels.ts'

describe('channels', () => {
  it('take the best protocol that both know', () => {
    assert.equal(chooseProtocol(['channel.k8s.io', 'v5.channel.k8s.io'])?.name, 'v5.channel.k8s.io')
    assert.equal(chooseProtocol([])?.tellsStatus, false)
    assert.equal(chooseProtocol(['unheard.of']), undefined)
  })

  it('tell old clients only of failures', () => {
    assert.equal(failureIn('{"metadata":{},"status":"Success"}'), undefined)
    assert.equal(failureIn(''), undefined)
    assert.equal(failureIn('{"status":"Failure","message":"exit code 3"}'), 'exit code 3')
    assert.equal(failureIn('no json'), 'no json')
  })
})
