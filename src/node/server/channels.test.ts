import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { constants, inflateSync } from 'node:zlib'
import { chooseProtocol } from './channels.ts'
import { logOptions } from './serve-log.ts'
import { SpdyClient } from './spdy.ts'

describe('chooseProtocol', () => {
  it('takes the best that the client offers', () => {
    assert.equal(chooseProtocol(['v4.channel.k8s.io', 'v5.channel.k8s.io'])?.name, 'v5.channel.k8s.io')
    assert.equal(chooseProtocol(['base64.channel.k8s.io'])?.base64, true)
    assert.equal(chooseProtocol([])?.name, '')
    assert.equal(chooseProtocol(['unheard.of']), undefined)
  })
})

describe('logOptions', () => {
  it('reads what a client wants of a log', () => {
    const now = Date.parse('2026-01-01T00:01:00Z')
    const read = (query: string) => logOptions(new URLSearchParams(query), now)
    assert.deepEqual(read('follow=true&tailLines=0&stream=Stderr'), {
      follow: true,
      timestamps: false,
      tailLines: 0,
      stream: 'stderr',
    })
    assert.equal(read('sinceSeconds=60').sinceMs, now - 60_000)
    assert.equal(read('sinceTime=2026-01-01T00:00:00Z').sinceMs, now - 60_000)
    assert.throws(() => read('tailLines=-1'), /not negative/)
    assert.throws(() => read('limitBytes=x'), /not negative/)
  })
})

describe('SpdyClient', () => {
  const start = () => {
    const written: Buffer[] = []
    const received: [number, string][] = []
    const ended: number[] = []
    const socket = Object.assign(new EventEmitter(), { write: (data: Buffer) => written.push(data) > 0 })
    const client = new SpdyClient(socket as unknown as Socket, Buffer.alloc(0), {
      data: (id, data) => received.push([id, data.toString()]),
      end: (id) => ended.push(id),
    })
    return { client, socket, received, ended, sent: () => Buffer.concat(written) }
  }

  it('opens streams with headers that any zlib reads', () => {
    const { client, sent } = start()
    assert.deepEqual([client.open({ streamType: 'error' }), client.open({ streamtype: 'data', port: '80' })], [1, 3])
    const frames: Buffer[] = []
    for (let rest = sent(); rest.length > 0; rest = rest.subarray(8 + rest.readUIntBE(5, 3)))
      frames.push(rest.subarray(8, 8 + rest.readUIntBE(5, 3)))
    // All header blocks of a connection are one compressed stream.
    const blocks = Buffer.concat(frames.map((frame) => frame.subarray(10)))
    const plain = inflateSync(blocks, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1')
    assert.equal(frames[1]!.readUInt32BE(0), 3)
    assert.match(plain, /streamtype.*error.*streamtype.*data.*port.*80/s)
  })

  it('reads what comes, in whatever pieces, and answers pings', () => {
    const { socket, received, ended, sent } = start()
    const data = Buffer.from([0, 0, 0, 3, 1, 0, 0, 2, 104, 105])
    const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 9])
    const all = Buffer.concat([ping, data])
    for (let i = 0; i < all.length; i += 3) socket.emit('data', all.subarray(i, i + 3))
    assert.deepEqual(received, [[3, 'hi']])
    assert.deepEqual(ended, [3])
    assert.deepEqual(sent(), ping)
  })
})
