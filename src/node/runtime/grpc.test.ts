import assert from 'node:assert/strict'
import { createServer } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { isWherryError } from '../../lib/errors.ts'
import { grpcChannel, timeoutHeader } from './grpc.ts'
import type { GrpcChannel } from './grpc.ts'

type Serve = (stream: ServerHttp2Stream, path: string) => void

describe('grpcChannel', () => {
  let dir = ''
  let stop: (() => Promise<void>) | undefined
  let channel: GrpcChannel

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'grpc-'))
    channel = grpcChannel({ socketPath: join(dir, 's') })
  })
  afterEach(async () => {
    channel.close()
    await stop?.()
    stop = undefined
    rmSync(dir, { recursive: true, force: true })
  })

  const listen = async (serve: Serve): Promise<void> => {
    const server = createServer()
    const sessions = new Set<import('node:http2').ServerHttp2Session>()
    server.on('session', (session) => sessions.add(session))
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => {})
      serve(stream, String(headers[':path']))
    })
    await new Promise<void>((resolve) => server.listen(join(dir, 's'), resolve))
    stop = () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy()
        server.close(() => resolve())
      })
  }
  const frame = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)])
  const answer = (stream: ServerHttp2Stream, messages: readonly string[], status = '0', words = ''): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': status, 'grpc-message': encodeURIComponent(words) }),
    )
    for (const message of messages) stream.write(frame(message))
    stream.end()
  }

  it('brings one answer to one request', async () => {
    await listen((stream, path) => answer(stream, [path]))
    assert.equal((await channel.unary('/a/B', Buffer.from('x'))).toString(), '/a/B')
  })

  it('brings many answers, in whatever pieces they come', async () => {
    await listen((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      const bytes = Buffer.concat(['one', 'two', 'three'].map(frame))
      for (const byte of bytes) stream.write(Buffer.of(byte))
      stream.end()
    })
    const seen: string[] = []
    for await (const message of channel.stream('/s', Buffer.alloc(0))) seen.push(message.toString())
    assert.deepEqual(seen, ['one', 'two', 'three'])
  })

  it('throws what the server says, in codes that everybody here knows', async () => {
    await listen((stream, path) => answer(stream, [], path === '/none' ? '5' : '2', 'no such thing: ü'))
    await assert.rejects(
      channel.unary('/none', Buffer.alloc(0)),
      (error: unknown) => isWherryError(error, 'not-found') && error.message === 'no such thing: ü',
    )
    await assert.rejects(channel.unary('/other', Buffer.alloc(0)), (error: unknown) => isWherryError(error, 'internal'))
  })

  it('does not wait longer than it may, and stops when it is told to', async () => {
    await listen(() => {})
    await assert.rejects(channel.unary('/slow', Buffer.alloc(0), { deadlineMs: 20 }), (error: unknown) =>
      isWherryError(error, 'timeout'),
    )
    const stopped = new AbortController()
    const waiting = channel.unary('/slow', Buffer.alloc(0), { signal: stopped.signal })
    stopped.abort(new Error('enough'))
    await assert.rejects(waiting, { message: 'enough' })
  })

  it('says that nobody is there, and connects again when somebody is', async () => {
    await assert.rejects(channel.unary('/x', Buffer.alloc(0)), (error: unknown) => isWherryError(error, 'unavailable'))
    await listen((stream) => answer(stream, ['up']))
    assert.equal((await channel.unary('/x', Buffer.alloc(0))).toString(), 'up')
    await stop!()
    await listen((stream) => answer(stream, ['up again']))
    assert.equal((await channel.unary('/x', Buffer.alloc(0))).toString(), 'up again')
  })
})

describe('timeoutHeader', () => {
  it('has no more than eight digits, however long it is', () => {
    assert.deepEqual([1, 120_000, 1e8, 1e10, 1e18].map(timeoutHeader), [
      '1m',
      '120000m',
      '100000S',
      '10000000S',
      '99999999S',
    ])
  })
})
