import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Node } from '../../../api/core/v1.ts'
import { overlayCommands, peersOf } from './peers.ts'

function makeNode(name: string, address: string | undefined, podCIDR: string | undefined): Node {
  const addresses = address === undefined ? [] : [{ type: 'InternalIP', address }]
  const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  return { apiVersion: 'v1', kind: 'Node', metadata, spec: { podCIDR }, status: { addresses } } as unknown as Node
}

const nodes = [
  makeNode('n1', '192.0.2.1', '10.244.0.0/24'),
  makeNode('n2', '192.0.2.2', '10.244.1.0/24'),
  makeNode('n3', 'fd00::3', '10.244.2.0/24'),
  makeNode('n4', '192.0.2.4', undefined),
]

describe('peersOf', () => {
  it('knows the other nodes that have a range and an address', () => {
    assert.deepEqual([...peersOf(nodes, 'n1').keys()], ['10.244.1.0/24'])
    assert.deepEqual([...peersOf(nodes, 'n2').keys()], ['10.244.0.0/24'])
  })
})

describe('overlayCommands', () => {
  const n2 = peersOf(nodes, 'n1')

  it('leads to a node by what follows from the range of its pods', () => {
    assert.deepEqual(overlayCommands('vx', new Map(), n2), {
      bridge: ['fdb replace 0a:58:0a:f4:01:00 dev vx dst 192.0.2.2 self permanent'],
      ip: [
        'neigh replace 10.244.1.0 lladdr 0a:58:0a:f4:01:00 dev vx nud permanent',
        'route replace 10.244.1.0/24 via 10.244.1.0 dev vx onlink',
      ],
    })
  })

  it('does nothing for what is as it was, follows an address that changed, and cleans up what left', () => {
    assert.deepEqual(overlayCommands('vx', n2, n2), { bridge: [], ip: [] })
    const moved = peersOf([makeNode('n2', '192.0.2.9', '10.244.1.0/24')], 'n1')
    assert.deepEqual(overlayCommands('vx', n2, moved).bridge, [
      'fdb replace 0a:58:0a:f4:01:00 dev vx dst 192.0.2.9 self permanent',
    ])
    assert.deepEqual(overlayCommands('vx', n2, new Map()), {
      bridge: ['fdb del 0a:58:0a:f4:01:00 dev vx dst 192.0.2.2 self'],
      ip: ['route del 10.244.1.0/24 dev vx', 'neigh del 10.244.1.0 dev vx'],
    })
  })
})
