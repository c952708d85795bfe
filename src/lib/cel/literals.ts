import type { Expr } from './ast.ts'
import type { Issue } from './errors.ts'
import { patternOf } from './library/patterns.ts'
import { parseDuration, parseTimestamp } from './time.ts'

const PATTERNS: ReadonlySet<string> = new Set(['matches', 'find', 'findAll'])

/** Literals that no call can take: a time that is none, a pattern that does not compile. */
export function checkLiterals(expr: Expr): Issue[] {
  const issues: Issue[] = []
  visit(expr, (one) => {
    if (one.kind !== 'call') return
    const last = one.args[one.name === 'findAll' && one.args.length === 2 ? 0 : one.args.length - 1]
    if (last?.kind !== 'literal' || typeof last.value !== 'string') return
    const problem = (name: string): number => issues.push({ at: last.at, message: `invalid ${name} argument` })
    if (one.target === undefined && one.name === 'duration' && parseDuration(last.value) === undefined)
      problem('duration')
    if (one.target === undefined && one.name === 'timestamp' && parseTimestamp(last.value) === undefined) {
      problem('timestamp')
    }
    if (!PATTERNS.has(one.name)) return
    try {
      patternOf(last.value)
    } catch {
      problem(one.name)
    }
  })
  return issues
}

/** Calls back for an expression and all its parts. */
export function visit(expr: Expr, each: (expr: Expr) => void): void {
  each(expr)
  for (const part of partsOf(expr)) visit(part, each)
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return []
    case 'select':
      return [expr.operand]
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args]
    case 'list':
      return expr.items
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return expr.fields.map(({ value }) => value)
    case 'fold':
      return [expr.range, ...(expr.filter === undefined ? [] : [expr.filter]), expr.body]
    case 'optional-map':
      return [expr.range, expr.body]
  }
}
