import assert from 'node:assert/strict'
import { it } from 'node:test'
import { formatYaml, parseYaml, parseYamlWithDuplicates } from './yaml.ts'

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

it('tells of a key that stands twice, or takes the last one', () => {
  const text = 'a: 1\nspec:\n  foo: 1\n  "foo": 2\n'
  const { value, duplicates } = parseYamlWithDuplicates(text)
  assert.deepEqual(value, { a: 1, spec: { foo: 2 } })
  assert.deepEqual(duplicates, ['yaml: unmarshal errors:\n  line 4: key "foo" already set in map'])
  assert.deepEqual(parseYamlWithDuplicates('a: 1').duplicates, [])
  assert.throws(() => parseYamlWithDuplicates('a: [1\nb: 2'), { code: 'bad-request' })
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
