import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CustomResourceDefinition } from '../apiextensions/v1.ts'
import { ConfigMap, ConfigMapList, Pod } from '../core/v1.ts'
import { decodeObject } from './decode.ts'
import {
  decodeProtobuf,
  decodeRaw,
  decodeWatchEvent,
  encodeProtobuf,
  encodeProtobufList,
  encodeRaw,
  encodeWatchFrame,
  isProtobuf,
  openEnvelope,
} from './protobuf.ts'
import { ListMeta } from './v1.ts'

const map = decodeObject(ConfigMap, {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'ü', labels: { b: '1', a: '2', '\u{1f600}': '3', '\uffee': '4' } },
  data: { long: 'ä'.repeat(5000) },
}).object

describe('protobuf', () => {
  it('gives back what it wrote, keys in the order of their bytes', () => {
    const back = decodeProtobuf(ConfigMap, encodeProtobuf(ConfigMap, map))
    assert.deepEqual(back, map)
    assert.deepEqual(Object.keys(back.metadata.labels ?? {}), ['a', 'b', '\uffee', '\u{1f600}'])
  })

  it('knows numbers of every size', () => {
    for (const value of [0, 1, 127, 128, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)]) {
      const pod = decodeObject(Pod, { spec: { containers: [], activeDeadlineSeconds: value } }).object
      assert.equal(decodeRaw(Pod, encodeRaw(Pod, pod)).spec.activeDeadlineSeconds, value)
    }
  })

  it('writes a list around items that are encoded already', () => {
    const list = { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: [map, map] }
    const raw = encodeRaw(ConfigMap, map)
    assert.deepEqual(encodeProtobufList(list, ListMeta, [raw, raw]), encodeProtobuf(ConfigMapList, list))
  })

  it('frames watch events with their length', () => {
    const body = encodeProtobuf(ConfigMap, map)
    const frame = encodeWatchFrame('ADDED', body)
    assert.equal(frame.readUInt32BE(), frame.length - 4)
    const event = decodeWatchEvent(frame.subarray(4))
    assert.equal(event.type, 'ADDED')
    assert.deepEqual(event.body, body)
  })

  it('reads schemas of one of two types', () => {
    const schema = {
      items: [{ type: 'string' }],
      additionalItems: false,
      dependencies: { a: ['b'], c: { type: 'object' } },
      additionalProperties: { nullable: true },
      enum: [null, 0, 'a'],
    }
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }
    const { object } = decodeObject(CustomResourceDefinition, { spec: { versions: [version] } })
    const back = decodeRaw(CustomResourceDefinition, encodeRaw(CustomResourceDefinition, object))
    assert.deepEqual(back.spec.versions[0]?.schema?.openAPIV3Schema, schema)
  })

  it('refuses broken bytes with a message, whatever they are', () => {
    const body = encodeProtobuf(ConfigMap, map)
    assert.equal(isProtobuf(Buffer.from('{}')), false)
    assert.throws(() => openEnvelope(Buffer.from('{}')), { code: 'bad-request' })
    assert.throws(() => decodeProtobuf(ConfigMap, body.subarray(0, 100)), { code: 'bad-request' })
    for (let at = 4; at < 200; at++) {
      const flipped = Buffer.from(body)
      flipped[at] = flipped[at]! ^ 0xff
      for (const broken of [flipped, body.subarray(0, at)]) {
        try {
          decodeProtobuf(ConfigMap, broken)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'bad-request')
        }
      }
    }
  })

  it('is not confused by an encoding that failed', () => {
    const bad = { ...map, metadata: { ...map.metadata, labels: { a: 1 as unknown as string } } }
    assert.throws(() => encodeProtobuf(ConfigMap, bad))
    assert.deepEqual(decodeProtobuf(ConfigMap, encodeProtobuf(ConfigMap, map)), map)
  })
})
