import assert from 'node:assert/strict'
import { it } from 'node:test'
import { mergeOpenApiV2 } from './merge-v2.ts'

const ref = (name: string): object => ({ $ref: `#/definitions/${name}` })

it('takes over what stands below a prefix, and what that needs, under names of its own', () => {
  const ours = {
    swagger: '2.0',
    paths: { '/apis/a/v1/': {} },
    definitions: { Same: { type: 'string' }, Other: { type: 'string' } },
  }
  const theirs = {
    paths: { '/apis/b/v1/': {}, '/apis/b/v1/things': { schema: ref('Thing') }, '/apis/b/v10/': { schema: ref('No') } },
    definitions: {
      Thing: { properties: { one: ref('Same'), two: { items: ref('Other') }, self: ref('Thing') } },
      Same: { type: 'string' },
      Other: { type: 'integer' },
      No: {},
    },
  }
  const merged = mergeOpenApiV2(ours, theirs, '/apis/b/v1/')
  assert.deepEqual(merged, {
    swagger: '2.0',
    paths: { '/apis/a/v1/': {}, '/apis/b/v1/': {}, '/apis/b/v1/things': { schema: ref('Thing') } },
    definitions: {
      Other: { type: 'string' },
      Other_v2: { type: 'integer' },
      Same: { type: 'string' },
      Thing: { properties: { one: ref('Same'), two: { items: ref('Other_v2') }, self: ref('Thing') } },
    },
  })
})
