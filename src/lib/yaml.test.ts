import assert from 'node:assert/strict'
import { it } from 'node:test'
import { formatYaml, parseYaml } from './yaml.ts'

it('reads YAML as Kubernetes does', () => {
  assert.deepEqual(parseYaml('a: yes\nb: 012\nc: 2026-01-01\nd: "on"\ne: ~\n'), {
    a: true,
    b: 10,
    c: '2026-01-01',
    d: 'on',
    e: null,
  })
})

it('refuses broken text with its place', () => {
  assert.throws(() => parseYaml('a: [1\nb: 2'), { code: 'bad-request', message: /yaml: / })
  assert.throws(() => parseYaml('a: 1\na: 2'), { code: 'bad-request' })
})

it('refuses an alias bomb', () => {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]`)
  assert.throws(() => parseYaml(lines.join('\n')), { code: 'bad-request', message: /excessive aliasing/ })
})

it('writes what it reads', () => {
  const value = { a: 'yes', b: ['1', 1, true, null], c: { 'd e': 'x\ny\n' } }
  assert.deepEqual(parseYaml(formatYaml(value)), value)
})
