import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSentTo } from './in-flight.ts'

const line = (state: string, asked: string, answered: string): string =>
  `ipv4     2 tcp      6 431995 ${state} src=10.244.0.9 dst=${asked} sport=41094 dport=80 ` +
  `src=${answered} dst=10.244.0.9 sport=8080 dport=41094 [ASSURED] mark=0 zone=0 use=2`

describe('isSentTo', () => {
  it('knows an open connection that a Service sent to the address', () => {
    assert.equal(isSentTo(line('ESTABLISHED', '10.96.0.1', '10.244.0.2'), '10.244.0.2'), true)
  })

  it('knows it from one to somebody else, a direct one, one from the address, and one that is over', () => {
    assert.equal(isSentTo(line('ESTABLISHED', '10.96.0.1', '10.244.0.20'), '10.244.0.2'), false)
    assert.equal(isSentTo(line('ESTABLISHED', '10.244.0.2', '10.244.0.2'), '10.244.0.2'), false)
    assert.equal(isSentTo(line('ESTABLISHED', '10.96.0.1', '10.244.0.2'), '10.244.0.9'), false)
    assert.equal(isSentTo(line('TIME_WAIT', '10.96.0.1', '10.244.0.2'), '10.244.0.2'), false)
  })
})
