import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hostPortElements } from './host-ports.ts'
import { makePod } from './make.test-helper.ts'

const ports = [
  { containerPort: 80, hostPort: 8080 },
  { containerPort: 53, hostPort: 53, hostIP: '192.0.2.1', protocol: 'UDP' },
  { containerPort: 9000 },
] as const

describe('hostPortElements', () => {
  it('leads from ports of the node to the pod', () => {
    const pod = makePod(
      'web',
      { containers: [{ name: 'c', ports: [...ports] }] },
      { phase: 'Running', podIP: '10.244.0.9' },
    )
    assert.deepEqual(
      hostPortElements(pod),
      new Map([
        ['any_host_ports', new Map([['tcp . 8080', '10.244.0.9 . 80']])],
        ['host_ports', new Map([['192.0.2.1 . udp . 53', '10.244.0.9 . 53']])],
      ]),
    )
  })

  it('has none for pods that are over, have no address, or use the network of the node', () => {
    const spec = { containers: [{ name: 'c', ports: [...ports] }] }
    assert.equal(hostPortElements(makePod('a', spec, { phase: 'Failed', podIP: '10.244.0.9' })).size, 0)
    assert.equal(hostPortElements(makePod('b', spec, { phase: 'Pending' })).size, 0)
    const inHost = makePod('c', { ...spec, hostNetwork: true }, { phase: 'Running', podIP: '192.0.2.1' })
    assert.equal(hostPortElements(inHost).size, 0)
  })
})
