import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatSelector, meets, parseFieldSelector, parseLabelSelector, selects } from './selectors.ts'

describe('parseLabelSelector', () => {
  const chosen = (selector: string, labels: Record<string, string>): boolean =>
    meets(parseLabelSelector(selector), labels)

  it('reads every operator', () => {
    const labels = { app: 'web', tier: 'front', weight: '7' }
    for (const selector of [
      '',
      'app=web',
      'app==web',
      ' app = web , tier=front',
      'app!=db',
      'other!=db',
      'app',
      '!other',
      'app in (web,db)',
      'app in ( web , db ),tier notin (back)',
      'other notin (x)',
      'weight>6',
      'weight<8',
    ]) {
      assert.equal(chosen(selector, labels), true, selector)
    }
    for (const selector of [
      'app=db',
      'app!=web',
      'other',
      '!app',
      'app in (db)',
      'app notin (web)',
      'weight>7',
      'app>1',
    ]) {
      assert.equal(chosen(selector, labels), false, selector)
    }
  })

  it('takes an empty value', () => {
    assert.equal(chosen('app=', { app: '' }), true)
    assert.equal(chosen('app=,tier=x', { app: '', tier: 'x' }), true)
    assert.equal(chosen('app in (,a)', { app: '' }), true)
  })

  it('does not see what an object inherits', () => {
    assert.equal(chosen('constructor', {}), false)
  })

  it('refuses what Kubernetes refuses', () => {
    for (const selector of [
      'a=b,',
      ',',
      'a in b',
      'a in (b',
      'a=b c',
      'a>x',
      '-a=b',
      'a=-b',
      'a/b/c=d',
      '=x',
      'a~b',
      '!a=b',
    ]) {
      assert.throws(() => parseLabelSelector(selector), { code: 'bad-request' }, selector)
    }
  })
})

describe('selects', () => {
  it('chooses by labels and expressions', () => {
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'gone', operator: 'DoesNotExist' },
      ],
    }
    assert.equal(selects(selector, { app: 'web', tier: 'a' }), true)
    assert.equal(selects(selector, { app: 'web', tier: 'c' }), false)
    assert.equal(formatSelector(selector), 'app=web,tier in (a,b),!gone')
  })

  it('chooses nothing without a selector and everything with an empty one', () => {
    assert.equal(selects(undefined, { a: 'b' }), false)
    assert.equal(selects({}, undefined), true)
  })
})

describe('parseFieldSelector', () => {
  it('reads equality and its opposite, with escapes', () => {
    assert.deepEqual(parseFieldSelector('metadata.name=web,status.phase!=Running'), [
      { field: 'metadata.name', equal: true, value: 'web' },
      { field: 'status.phase', equal: false, value: 'Running' },
    ])
    assert.deepEqual(parseFieldSelector('spec.x==a\\,b\\=c'), [{ field: 'spec.x', equal: true, value: 'a,b=c' }])
    assert.throws(() => parseFieldSelector('metadata.name'), { code: 'bad-request' })
  })
})
