import assert from 'node:assert/strict'
import { it } from 'node:test'
import { kubernetesFunctions } from '../../lib/cel/kubernetes.ts'
import { compileProgram } from '../../lib/cel/program.ts'
import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { expressionType } from './expression-type.ts'

const costOf = (schema: JSONSchemaProps, rule: string): number =>
  compileProgram(rule, {
    functions: kubernetesFunctions,
    variables: new Map([['self', expressionType(schema)!]]),
  }).estimate().max

const listOf = (type: string, maxItems?: number): JSONSchemaProps => ({
  type: 'array',
  items: { type },
  ...(maxItems === undefined ? {} : { maxItems }),
})

it('what a rule costs is estimated by what fits into a request, and by what the schema allows', () => {
  // How many elements there can be follows from the bytes that the smallest of them takes.
  assert.equal(costOf(listOf('number'), 'self.all(x, true)'), 4_718_591)
  assert.equal(costOf(listOf('string'), 'self.all(x, true)'), 3_145_727)
  assert.equal(costOf(listOf('boolean'), 'self.all(x, true)'), 1_887_437)
  assert.equal(costOf({ type: 'object', additionalProperties: { type: 'number' } }, 'self.all(x, true)'), 1_348_169)
  assert.equal(costOf(listOf('number', 10), 'self.all(x, true)'), 32)
  assert.equal(costOf(listOf('number', 10), 'self.all(x, self.all(y, true))'), 352)
  assert.equal(costOf(listOf('number'), 'self.all(x, x == 0.0)'), 6_291_454)
  assert.equal(costOf({ type: 'string' }, "self.contains('test')"), 314_574)
  assert.equal(costOf({ type: 'string', maxLength: 10 }, "self.contains('test')"), 5)
  assert.equal(costOf({ type: 'string' }, `size(self + "hello") > size("hello")`), 314_578)
  assert.equal(costOf({ type: 'string' }, 'self.matches("x")'), 314_574)
  assert.equal(costOf(listOf('number'), 'self[1] == 0.0'), 2)
  assert.equal(costOf(listOf('string'), 'self[1] == self[1]'), 314_577)
})
