import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { ConfigMaps } from '../../api/core/config-map.ts'
import type { Entry } from '../../store/store.ts'
import type { ResponseStream } from '../api-server.ts'
import { encodePage } from './encode.ts'
import { keyOf, resourceOf } from './resource.ts'
import { encodeStored } from './stored.ts'

const resource = resourceOf(ConfigMaps as unknown as Kind)

function entryOf(index: number, bytes: number): Entry {
  const name = `map-${index}`
  const data = { text: String(index % 10).repeat(bytes) }
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'x' }, data }
  const value = encodeStored(resource, object as unknown as KubeObject)
  return { key: keyOf(resource, 'x', name), value, createRevision: index + 1, modRevision: index + 1 }
}

/** Reads a stream as a slow connection does that gives memory back at once. */
function read(stream: ResponseStream): Promise<Buffer> {
  return new Promise((resolve) => {
    const copies: Buffer[] = []
    const drains: (() => void)[] = []
    let writes = 0
    stream({
      write(chunk, onTaken) {
        copies.push(Buffer.from(chunk))
        chunk.fill(0)
        onTaken?.()
        const takesMore = writes++ % 3 === 0
        if (!takesMore) setImmediate(() => drains.forEach((run) => run()))
        return takesMore
      },
      end: () => resolve(Buffer.concat(copies)),
      backlogBytes: () => 0,
      onDrain: (run) => drains.push(run),
      onClose: () => {},
    })
  })
}

describe('encodePage', () => {
  it('writes a long list in pieces, wherever these end', async () => {
    const sizes = [10, 1_500_000, 300_000, 300_000, ...Array.from({ length: 400 }, (_, i) => i * 17)]
    const entries = sizes.map((bytes, i) => entryOf(i, bytes))
    const page = { entries, revision: 500, continueToken: '', remaining: undefined }
    const body = encodePage(resource, page, {
      format: 'json',
      view: 'object',
      viewVersion: 'v1',
      pretty: false,
      includeObject: 'Object',
      now: () => 0,
    }) as ResponseStream
    const text = await read(body)
    assert.equal(text.length, body.bytes)
    const { items, metadata } = JSON.parse(text.toString())
    assert.equal(metadata.resourceVersion, '500')
    assert.deepEqual(
      items.map((item: any) => [item.metadata.name, item.metadata.resourceVersion, item.data.text.length]),
      sizes.map((bytes, i) => [`map-${i}`, String(i + 1), bytes]),
    )
  })
})
