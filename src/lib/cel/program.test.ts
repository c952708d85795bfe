import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CompileError, CostLimitError, EvalError } from './errors.ts'
import { kubernetesFunctions } from './kubernetes.ts'
import { compileProgram, compileUnchecked } from './program.ts'
import { DYN } from './types.ts'
import { adapt } from './values.ts'

const environment = { functions: kubernetesFunctions, variables: new Map([['object', DYN]]), mixedLiterals: true }

/** Pieces of expressions, so that chance makes some that are none and some that are. */
const piece = fc.constantFrom(
  ...'object . a b ( ) [ ] { } , : ? ! - + * / % < <= == != && || in 0 1 -1 2u 1.5 null true false'.split(' '),
  "'x'",
  "b'y'",
  '"""z"""',
  '"\\u00e9"',
  'has(object.a)',
  '.all(x, x > 0)',
  '.map(x, x + 1)',
  '.?a',
  '[?0]',
  '.size()',
  "duration('1h')",
  "timestamp('2020-01-01T00:00:00Z')",
  ".matches('a*')",
  '.orValue(1)',
  'size',
  'int',
  'string',
  'type',
)

const values = fc.jsonValue()

/** What may come of an expression that somebody wrote: a value, or an error that says so. */
function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    if (error instanceof CompileError || error instanceof EvalError || error instanceof CostLimitError) return error
    throw error
  }
}

describe('any text', () => {
  it('is an expression, or is refused', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), values, (pieces, object) => {
        for (const compile of [compileProgram, compileUnchecked]) {
          attempt(() =>
            compile(pieces.join(' '), environment).run(
              (name) => (name === 'object' ? adapt(object) : undefined),
              10_000,
            ),
          )
        }
      }),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void attempt(() => compileProgram(text, environment))),
    )
  })

  it('costs at most what the estimate says', () => {
    const operands = ['1', 'object', '[1, 2, 3]', "'abc'", 'true', "{'a': 1}"]
    const forms = [
      'A + B',
      'A == B',
      'A in B',
      'A ? B : A',
      '[A, B]',
      'A.all(x, B == x)',
      'A.map(x, B)',
      'A.filter(x, x == B)',
      'A && B',
      'size(A)',
    ]
    const expression = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(...operands),
        fc
          .tuple(fc.constantFrom(...forms), tie('e'), tie('e'))
          .map(([form, a, b]) => form.replaceAll('A', () => `(${a})`).replaceAll('B', () => `(${b})`)),
      ),
    })).e
    fc.assert(
      fc.property(expression, (source) => {
        const program = attempt(() => compileUnchecked(source, environment))
        if (program instanceof Error) return
        const { estimate, run } = program as ReturnType<typeof compileUnchecked>
        const result = attempt(() => run((name) => (name === 'object' ? adapt([1, 2]) : undefined)))
        if (!(result instanceof Error)) assert.ok((result as { cost: number }).cost <= estimate().max, source)
      }),
      { numRuns: 300 },
    )
  })
})
