import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { layoutOf, writeClusterFile } from './cluster-file.ts'
import { claimSlot, nodeNameOf, planCluster, validateClusterName } from './plan.ts'

const wish = { name: 'default', nodes: undefined, apiPort: undefined, httpPort: undefined, httpsPort: undefined }
const machine = { slot: 0, address: '10.1.2.3', hostname: 'Box_1.lan', systemd: false, now: '2026-01-01T00:00:00.000Z' }

describe('planCluster', () => {
  it('makes the machine itself the node, at the ports that everybody expects', () => {
    const cluster = planCluster(wish, machine)
    assert.deepEqual(cluster.nodes, [{ name: 'box-1.lan', address: '10.1.2.3', agentPort: 10_250 }])
    assert.deepEqual(
      [cluster.apiPort, cluster.gateway, cluster.dnsAddress],
      [6443, { address: '10.1.2.3', http: 80, https: 443 }, '10.96.0.10'],
    )
  })

  it('shares nothing between two clusters of one machine', () => {
    const [a, b] = [0, 1].map((slot) => planCluster(wish, { ...machine, slot }))
    for (const field of ['apiPort', 'serviceRange', 'podRange', 'dnsAddress'] as const)
      assert.notEqual(a![field], b![field])
    assert.notEqual(a!.gateway.http, b!.gateway.http)
    assert.notEqual(a!.nodes[0]!.agentPort, b!.nodes[0]!.agentPort)
  })

  it('gives each of N nodes an address and a namespace of its own', () => {
    const { nodes } = planCluster({ ...wish, nodes: 3 }, machine)
    assert.equal(new Set(nodes.flatMap(({ name, address, namespace }) => [name, address, namespace])).size, 9)
  })
})

describe('claimSlot', () => {
  it('gives each cluster of a machine a slot of its own, and no name twice', (t) => {
    const root = mkdtempSync(join(tmpdir(), 'wherry-slots-'))
    t.after(() => rmSync(root, { recursive: true }))
    const register = join(root, 'register')
    const claim = (dataDir: string, name: string): number => {
      const slot = claimSlot({ dataDir: join(root, dataDir), name, wanted: undefined }, register)
      writeClusterFile(layoutOf(join(root, dataDir)), planCluster({ ...wish, name }, { ...machine, slot }))
      return slot
    }
    assert.equal(claim('a', 'one'), 0)
    assert.equal(claim('b', 'two'), 1)
    assert.equal(claim('a', 'one'), 0)
    assert.throws(() => claim('c', 'two'), { code: 'conflict', message: /`two` already, in .*\/b\.$/ })
  })
})

describe('nodeNameOf', () => {
  it('bends a machine name into a node name', () => {
    for (const [machineName, nodeName] of [
      ['Box_1', 'box-1'],
      ['-a-.', 'a'],
      ['', 'node'],
      ['ä', 'node'],
    ] as const)
      assert.equal(nodeNameOf(machineName), nodeName)
  })
})

describe('validateClusterName', () => {
  it('refuses what could leave its place in a link, unit or folder', () => {
    for (const name of ['', '..', 'a/b', 'A', '-a', 'a b', 'x'.repeat(33), 'a\n'])
      assert.throws(() => validateClusterName(name), { code: 'bad-request' })
    validateClusterName('team-1')
  })
})
