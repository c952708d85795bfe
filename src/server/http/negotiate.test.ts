import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bodyFormat, negotiate, wantsPretty } from './negotiate.ts'

describe('negotiate', () => {
  const chosen = (accept: string | undefined): string => {
    const { format, view, viewVersion } = negotiate(accept, false)
    return view === 'object' ? format : `${format} ${view} ${viewVersion}`
  }

  it('takes the first that it has', () => {
    const cases: [string | undefined, string][] = [
      [undefined, 'json'],
      ['', 'json'],
      ['*/*', 'json'],
      ['application/json, */*', 'json'],
      ['application/vnd.kubernetes.protobuf, */*', 'protobuf'],
      ['application/vnd.kubernetes.protobuf,application/json', 'protobuf'],
      ['application/yaml', 'yaml'],
      ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
      ['application/json;q=0.5, application/yaml', 'yaml'],
      [
        'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
        'json table v1',
      ],
      ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json'],
      [
        'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,*/*',
        'protobuf metadata v1',
      ],
      ['application/json;stream=watch', 'json'],
    ]
    for (const [accept, expected] of cases) assert.equal(chosen(accept), expected)
  })

  it('refuses what it cannot write', () => {
    for (const accept of ['text/html', 'application/json;q=0', 'application/json;as=Chart;v=v1;g=meta.k8s.io']) {
      assert.throws(() => negotiate(accept, false), { code: 'not-acceptable' }, accept)
    }
  })
})

describe('bodyFormat', () => {
  it('knows what bodies come in', () => {
    assert.equal(bodyFormat(undefined), 'json')
    assert.equal(bodyFormat('application/json; charset=utf-8'), 'json')
    assert.equal(bodyFormat('application/vnd.kubernetes.protobuf'), 'protobuf')
    assert.throws(() => bodyFormat('text/plain'), { code: 'unsupported-media-type' })
  })
})

describe('wantsPretty', () => {
  it('is meant for people', () => {
    assert.equal(wantsPretty(null, 'curl/8.0'), true)
    assert.equal(wantsPretty('false', 'curl/8.0'), false)
    assert.equal(wantsPretty(null, 'kubectl/v1.35.0'), false)
    assert.equal(wantsPretty('1', undefined), true)
  })
})
