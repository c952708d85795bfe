import assert from 'node:assert/strict'
import { createServer } from 'node:http2'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { decode, encode } from './codec.ts'
import type { Table } from './codec.ts'
import { criClient } from './cri-client.ts'
import { ContainerEventResponse } from './cri/messages.ts'
import type { ContainerEventType } from './cri/messages.ts'

interface Filters {
  filters: string[]
}
const Filters: Table<Filters> = { filters: { number: 1, type: 'string', shape: 'list' } }

/** A runtime that tells of what happens by `events`, and then falls silent for good. */
async function eventsOf(
  serve: (path: string, request: Buffer) => { readonly status: string; readonly messages: readonly Uint8Array[] },
): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'cri-'))
  const server = createServer()
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      const { status, messages } = serve(String(headers[':path']), Buffer.concat(parts).subarray(5))
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
      for (const message of messages) {
        const head = Buffer.alloc(5)
        head.writeUInt32BE(message.length, 1)
        stream.write(Buffer.concat([head, message]))
      }
      stream.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(join(dir, 's'), resolve))
  const client = criClient(join(dir, 's'))
  try {
    const seen: string[] = []
    for await (const id of client.events(new AbortController().signal)) seen.push(id)
    return seen
  } finally {
    client.close()
    for (const session of sessions) session.destroy()
    await new Promise((resolve) => server.close(resolve))
    rmSync(dir, { recursive: true })
  }
}

describe('events of the runtime', () => {
  it('tell of ends, and not of what was asked for', async () => {
    const event = (containerId: string, containerEventType: ContainerEventType): Uint8Array =>
      encode(ContainerEventResponse, { containerId, containerEventType })
    const messages = [
      event('a', 'CONTAINER_CREATED_EVENT'),
      event('a', 'CONTAINER_STARTED_EVENT'),
      event('a', 'CONTAINER_STOPPED_EVENT'),
      event('b', 'CONTAINER_DELETED_EVENT'),
    ]
    assert.deepEqual(await eventsOf(() => ({ status: '0', messages })), ['a', 'b'])
  })

  it('are asked of containerd itself where CRI has none', async () => {
    let asked: string[] = []
    await eventsOf((path, request) => {
      if (path.endsWith('GetContainerEvents')) return { status: '12', messages: [] }
      asked = decode(Filters, request).filters
      return { status: '0', messages: [] }
    })
    assert.deepEqual(asked, [
      'namespace==k8s.io,topic=="/tasks/exit"',
      'namespace==k8s.io,topic=="/tasks/oom"',
      'namespace==k8s.io,topic=="/tasks/delete"',
    ])
  })
})
