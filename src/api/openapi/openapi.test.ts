import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { allKinds } from '../kinds.ts'
import { groupVersionsOf } from './documents.ts'
import { openApiV2 } from './v2.ts'
import { openApiV3, openApiV3Root } from './v3.ts'

type Json = any

const reference = join(import.meta.dirname, '../../../../shared/kubernetes/openapi')
const skip = !existsSync(reference) && 'no reference data beside the checkout'
const kinds = await allKinds()

/** What the reference has and we leave out, or the other way round, on purpose. */
const IGNORED_PARAMETERS = new Set(['shardSelector', 'ignoreStoreReadErrorWithClusterBreakingPotential', 'body'])

describe('OpenAPI v2', { skip }, () => {
  const path = join(reference, 'swagger-v1.36.json.gz')
  const expected: Json = skip === false ? JSON.parse(gunzipSync(readFileSync(path)).toString()) : {}
  const ours: Json = openApiV2(kinds, 'v1.36.0')
  const versions = new Set(groupVersionsOf(kinds).map(({ group, version }) => `${group}/${version}`))

  it('describes every served kind, and every type as the reference does, sentences aside', () => {
    for (const [name, schema] of Object.entries<Json>(expected.definitions)) {
      const isServed = schema['x-kubernetes-group-version-kind']?.some(
        (one: Json) => versions.has(`${one.group}/${one.version}`) && !UNDESCRIBED.has(one.kind),
      )
      if (isServed) assert.ok(ours.definitions[name], name)
    }
    let compared = 0
    for (const [name, schema] of Object.entries<Json>(ours.definitions)) {
      if (expected.definitions[name] === undefined) continue
      assert.deepEqual(comparable(schema), comparable(expected.definitions[name]), name)
      compared++
    }
    assert.ok(compared > 500, `${compared} definitions compared`)
  })

  it('has the paths and operations of the reference', () => {
    let compared = 0
    for (const [path, item] of Object.entries<Json>(expected.paths)) {
      const [, group = '', version = ''] = /^\/(?:api|apis\/([^/]+))\/([^/]+)\//.exec(path) ?? []
      if (!versions.has(`${group}/${version}`) || path.includes('/watch/')) continue
      assert.ok(ours.paths[path], path)
      compareOperations(path, ours.paths[path], item, (parameter) => refOf(expected, parameter).name)
      compared++
    }
    assert.ok(compared > 200, `${compared} paths compared`)
    for (const path of Object.keys(ours.paths)) assert.ok(expected.paths[path], `${path} is one of the reference too`)
  })

  it('refers to nothing that is not there', () => {
    const names = [...JSON.stringify(ours).matchAll(/"#\/definitions\/([^"]+)"/g)].map((match) => match[1] ?? '')
    assert.deepEqual(new Set(names).difference(new Set(Object.keys(ours.definitions))), new Set())
  })
})

describe('OpenAPI v3', { skip }, () => {
  it('describes types and operations as the reference of the release before does', () => {
    let compared = 0
    for (const groupVersion of groupVersionsOf(kinds)) {
      const { group, version } = groupVersion
      const file = group === '' ? `api/${version}.json` : `apis/${group}/${version}.json`
      const expected: Json = JSON.parse(readTar(join(reference, 'openapi-v3-v1.35.tar.gz'), `v1.35/${file}`))
      const ours: Json = openApiV3(groupVersion, kinds, 'v1.36.0')
      for (const [name, schema] of Object.entries<Json>(ours.components.schemas)) {
        const before = expected.components.schemas[name]
        if (before === undefined) continue
        const [now, then] = [comparable(schema), comparable(before)]
        for (const property of Object.keys(then.properties ?? {})) {
          // Some fields went with the new release.
          if (now.properties?.[property] === undefined) continue
          assert.deepEqual(now.properties[property], then.properties[property], `${name}.${property}`)
        }
        compared++
      }
      for (const [path, item] of Object.entries<Json>(expected.paths)) {
        if (path.includes('/watch/')) continue
        assert.ok(ours.paths[path], path)
        compareOperations(path, ours.paths[path], item, (parameter) => parameter.name)
      }
    }
    assert.ok(compared > 600, `${compared} schemas compared`)
  })

  it('has an index whose addresses change with the documents', () => {
    const documents = [
      { group: '', version: 'v1', bytes: Buffer.from('a') },
      { group: 'apps', version: 'v1', bytes: Buffer.from('b') },
    ]
    const { paths } = openApiV3Root(documents) as Json
    assert.deepEqual(Object.keys(paths), ['api/v1', 'apis/apps/v1'])
    assert.match(paths['apis/apps/v1'].serverRelativeURL, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/)
  })
})

/** Kinds that exist in every group without being served there, or only in streams. */
const UNDESCRIBED = new Set(['DeleteOptions', 'WatchEvent'])

function compareOperations(path: string, ours: Json, expected: Json, nameOf: (parameter: Json) => string): void {
  const methods = (item: Json): string[] => Object.keys(item).filter((key) => key !== 'parameters')
  assert.deepEqual(methods(ours).toSorted(), methods(expected).toSorted(), path)
  for (const method of methods(expected)) {
    const [now, then] = [ours[method], expected[method]]
    for (const key of ['operationId', 'tags', 'x-kubernetes-action', 'x-kubernetes-group-version-kind']) {
      assert.deepEqual(now[key], then[key], `${method} ${path} ${key}`)
    }
    const names = (item: Json, operation: Json, name: (parameter: Json) => string): string[] =>
      [...(item.parameters ?? []), ...(operation.parameters ?? [])]
        .map(name)
        .filter((one) => !IGNORED_PARAMETERS.has(one))
        .toSorted()
    assert.deepEqual(
      names(ours, now, (one) => one.name),
      names(expected, then, nameOf),
      `${method} ${path} parameters`,
    )
  }
}

function refOf(document: Json, parameter: Json): Json {
  return parameter.$ref === undefined ? parameter : document.parameters[parameter.$ref.split('/').at(-1)]
}

/** A schema without what is ours to say: sentences, defaults that the reference sets without declaring them, and groups. */
function comparable(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((one) => comparable(one))
  if (typeof schema !== 'object' || schema === null) return schema
  // Whether a reference is wrapped depends on what stands beside it.
  const { allOf, ...rest } = schema
  const entries = Object.entries<Json>(allOf?.length === 1 ? { ...rest, ...allOf[0] } : schema)
    .filter(([key, value]) => {
      if (key === 'description') return typeof value !== 'string'
      return key !== 'default' && key !== 'x-kubernetes-unions' && key !== 'x-kubernetes-group-version-kind'
    })
    .map(([key, value]) => [key, key === 'required' && Array.isArray(value) ? value.toSorted() : comparable(value)])
  return Object.fromEntries(entries)
}

function readTar(archive: string, member: string): string {
  return execFileSync('tar', ['xzOf', archive, member], { maxBuffer: 64 * 1024 * 1024 }).toString()
}
