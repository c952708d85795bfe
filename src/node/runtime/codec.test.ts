import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decode, encode } from './codec.ts'
import { ContainerConfig, PodSandboxConfig, PodSandboxStatusResponse, VersionRequest } from './cri/messages.ts'
import type { Table } from './codec.ts'

describe('codec', () => {
  it('writes what the reference encoder of proto3 writes', () => {
    assert.equal(encode(VersionRequest, { version: 'v1' }).toString('hex'), '0a027631')
    assert.equal(encode(VersionRequest, { version: '' }).toString('hex'), '')
  })

  it('brings back nested messages, lists, maps, enums, bytes and negative numbers', () => {
    const config = {
      metadata: { name: 'web', attempt: 3 },
      args: ['', 'b'],
      envs: [{ key: 'K', value: Buffer.from([0, 255]) }],
      labels: { a: '', b: 'c' },
      linux: {
        resources: { oomScoreAdj: -997, cpuQuota: 2 ** 40 },
        securityContext: { namespaceOptions: { pid: 'CONTAINER' as const }, supplementalGroups: [0, 7, 300] },
      },
    }
    const back = decode(ContainerConfig, encode(ContainerConfig, config))
    assert.deepEqual(back.metadata, config.metadata)
    assert.deepEqual(back.args, ['', 'b'])
    assert.deepEqual([...back.envs[0]!.value], [0, 255])
    assert.deepEqual(back.labels, config.labels)
    assert.equal(back.linux?.resources?.oomScoreAdj, -997)
    assert.equal(back.linux?.resources?.cpuQuota, 2 ** 40)
    assert.equal(back.linux?.securityContext?.namespaceOptions?.pid, 'CONTAINER')
    assert.deepEqual(back.linux?.securityContext?.supplementalGroups, [0, 7, 300])
    assert.equal(back.tty, false)
    assert.equal(back.image, undefined)
  })

  it('keeps times in nanoseconds to within a microsecond', () => {
    const createdAt = 1_795_561_516_179_672_832
    const bytes = encode(PodSandboxStatusResponse, { status: { createdAt } })
    assert.ok(Math.abs(decode(PodSandboxStatusResponse, bytes).status!.createdAt - createdAt) < 1000)
  })

  it('passes over fields that it does not know, or that have another wire type', () => {
    const other: Table = {
      name: { number: 1, type: 'int64' },
      rest: { number: 99, type: 'string' },
      x: { number: 2, type: 'string' },
    }
    const bytes = encode(other, { name: 5, rest: 'r', x: 'host' })
    assert.equal(decode(PodSandboxConfig, bytes).hostname, 'host')
    assert.equal(decode(PodSandboxConfig, bytes).metadata, undefined)
  })

  it('refuses a message that is cut off', () => {
    const bytes = encode(VersionRequest, { version: 'v1alpha2' })
    assert.throws(() => decode(VersionRequest, bytes.subarray(0, 5)), /cut off/)
  })
})
