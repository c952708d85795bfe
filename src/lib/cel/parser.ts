import type { Expr, MapEntry, StructField } from './ast.ts'
import { CompileError } from './errors.ts'
import type { Issue } from './errors.ts'
import { TooLarge, tokensOf } from './lexer.ts'
import type { Token } from './lexer.ts'
import { expandMacro, MacroError } from './macros.ts'
import { Double } from './values.ts'

/** Deeper nesting than any person writes, and less than the stack holds. */
const DEPTH_MAX = 250

/** How many sums may follow each other. */
const CHAIN_MAX = 1000

/** The longest text that is read as an expression: one that is longer could hold up everybody else. */
const SOURCE_LENGTH_MAX = 100_000

/** Words that no variable can be called. */
const RESERVED = new Set([
  'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace',
  'return', 'var', 'void', 'while',
]) // prettier-ignore

const WANTED =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

/** Operators by how tightly they bind, the loosest first, and the functions that they stand for. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['<', '<=', '>=', '>', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
]

/** Reads the text of an expression; throws a CompileError. */
export function parse(source: string): Expr {
  if (source.length > SOURCE_LENGTH_MAX) {
    throw new CompileError('', [
      {
        at: 0,
        message: `expression code point size exceeds limit: size: ${source.length}, limit ${SOURCE_LENGTH_MAX}`,
      },
    ])
  }
  const { tokens, issues } = tokensOf(source)
  const parser = new Parser(tokens, issues)
  try {
    const expr = parser.whole()
    if (issues.length === 0) return expr
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    issues.push(error.issue)
  }
  throw new CompileError(
    source,
    issues.toSorted((a, b) => a.at - b.at),
  )
}

class Stop extends Error {
  readonly issue: Issue

  constructor(issue: Issue) {
    super(issue.message)
    this.issue = issue
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #issues: Issue[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], issues: Issue[]) {
    this.#tokens = tokens
    this.#issues = issues
  }

  whole(): Expr {
    const expr = this.#expr()
    const token = this.#peek()
    if (token.kind !== 'end') {
      const what = this.#tokens[this.#next + 1]!.kind === 'end' ? 'extraneous' : 'mismatched'
      throw new Stop({ at: token.at, message: `Syntax error: ${what} input '${token.text}' expecting <EOF>` })
    }
    return expr
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #is(text: string): boolean {
    const token = this.#peek()
    return token.text === text && (token.kind === 'sign' || token.kind === 'name')
  }

  #take(text: string): Token | undefined {
    return this.#is(text) ? this.#tokens[this.#next++] : undefined
  }

  #expect(text: string): Token {
    return this.#take(text) ?? this.#refuse(`'${text}'`)
  }

  #refuse(wanted: string): never {
    const { at, text } = this.#peek()
    throw new Stop({ at, message: `Syntax error: mismatched input '${text}' expecting ${wanted}` })
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX) {
      throw new Stop({ at: this.#peek().at, message: `expression recursion limit exceeded: ${DEPTH_MAX}` })
    }
    const result = read()
    this.#depth--
    return result
  }

  #expr(): Expr {
    return this.#deeper(() => {
      const condition = this.#level(0)
      const mark = this.#take('?')
      if (mark === undefined) return condition
      const then = this.#level(0)
      this.#expect(':')
      return call('_?_:_', mark.at, [condition, then, this.#expr()])
    })
  }

  #level(level: number): Expr {
    const signs = LEVELS[level]
    if (signs === undefined) return this.#unary()
    const operands = [this.#level(level + 1)]
    const operators: { readonly name: string; readonly at: number }[] = []
    for (;;) {
      const sign = signs.find((one) => this.#is(one))
      if (sign === undefined) break
      const { at } = this.#tokens[this.#next++]!
      operators.push({ name: sign === 'in' ? '@in' : `_${sign}_`, at })
      operands.push(this.#level(level + 1))
    }
    // What is true of many things at once may be long, since it need not be deep.
    if (level <= 1) return balanced(operands, operators, 0, operands.length)
    if (operators.length > CHAIN_MAX) {
      const { at } = operators[CHAIN_MAX]!
      throw new Stop({ at, message: `expression recursion limit exceeded: ${CHAIN_MAX}` })
    }
    return operators.reduce((left, { name, at }, i) => call(name, at, [left, operands[i + 1]!]), operands[0]!)
  }

  #unary(): Expr {
    const first = this.#take('!') ?? this.#take('-')
    if (first === undefined) return this.#member()
    let count = 1
    while (this.#take(first.text) !== undefined) count++
    if (first.text === '-') {
      const token = this.#peek()
      // The least int is written with its sign.
      if (token.kind === 'literal' && count === 1) {
        const { value } = token
        const negative =
          typeof value === 'bigint'
            ? -value
            : value instanceof Double
              ? new Double(-value.value)
              : value instanceof TooLarge && value.value === 2n ** 63n && !/u$/i.test(token.text)
                ? -value.value
                : undefined
        if (negative !== undefined) {
          this.#next++
          return this.#members({ kind: 'literal', at: first.at, value: negative })
        }
      }
    }
    const operand = this.#deeper(() => this.#member())
    if (count % 2 === 0) return operand
    return call(first.text === '!' ? '!_' : '-_', first.at, [operand])
  }

  #member(): Expr {
    return this.#members(this.#primary())
  }

  #members(start: Expr): Expr {
    let expr = start
    let length = 0
    for (;;) {
      if (++length > DEPTH_MAX) {
        throw new Stop({ at: this.#peek().at, message: `expression recursion limit exceeded: ${DEPTH_MAX}` })
      }
      const dot = this.#take('.')
      if (dot !== undefined) {
        const optional = this.#take('?') !== undefined
        const name = this.#peek()
        if (!isName(name)) this.#refuse('IDENTIFIER')
        this.#next++
        const open = optional || name.kind === 'quoted' ? undefined : this.#take('(')
        if (open !== undefined) expr = this.#call(name.text, open.at, expr)
        else expr = { kind: 'select', at: dot.at, operand: expr, field: name.text, optional, test: false }
        continue
      }
      const bracket = this.#take('[')
      if (bracket === undefined) return expr
      const optional = this.#take('?') !== undefined
      const index = this.#expr()
      this.#expect(']')
      expr = call(optional ? '_[?_]' : '_[_]', bracket.at, [expr, index])
    }
  }

  #call(name: string, at: number, target: Expr | undefined): Expr {
    const args = this.#list(')', () => this.#expr())
    try {
      const expanded = expandMacro(name, at, target, args)
      if (expanded !== undefined) return expanded
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      this.#issues.push({ at: error.at, message: error.message })
    }
    return { kind: 'call', at, name, target, args }
  }

  #list<T>(end: string, read: () => T, trailing = false): T[] {
    const list: T[] = []
    if (this.#take(end) !== undefined) return list
    for (;;) {
      list.push(read())
      if (this.#take(end) !== undefined) return list
      if (this.#take(',') === undefined) this.#refuse(`'${end}'`)
      if (trailing && this.#take(end) !== undefined) return list
    }
  }

  #primary(): Expr {
    const token = this.#peek()
    if (token.kind === 'literal') {
      this.#next++
      if (token.value instanceof TooLarge) {
        const what = /u$/i.test(token.text) ? 'uint' : 'int'
        this.#issues.push({ at: token.at, message: `invalid ${what} literal` })
      } else if (token.value instanceof Double && !Number.isFinite(token.value.value)) {
        this.#issues.push({ at: token.at, message: 'invalid double literal' })
      }
      return { kind: 'literal', at: token.at, value: token.value }
    }
    if (this.#take('(') !== undefined) {
      const inner = this.#expr()
      this.#expect(')')
      return inner
    }
    if (this.#take('[') !== undefined) return this.#listLiteral(token.at)
    if (this.#take('{') !== undefined) return this.#mapLiteral(token.at)
    const isRooted = this.#take('.') !== undefined
    const name = this.#peek()
    if (name.kind !== 'name' || name.text === 'in') this.#refuse(WANTED)
    this.#next++
    if (!isRooted && Object.hasOwn(WORDS, name.text)) return { kind: 'literal', at: name.at, value: WORDS[name.text] }
    return this.#named(name)
  }

  /** A variable, a function, or the name of a type with its fields. */
  #named(name: Token): Expr {
    const open = this.#take('(')
    if (open !== undefined) return this.#call(name.text, open.at, undefined)
    const typeName = this.#typeName(name.text)
    if (typeName !== undefined) return typeName
    if (RESERVED.has(name.text)) this.#issues.push({ at: name.at, message: `reserved identifier: ${name.text}` })
    return { kind: 'ident', at: name.at, name: name.text }
  }

  #typeName(first: string): Expr | undefined {
    let ahead = this.#next
    let name = first
    while (this.#tokens[ahead]!.text === '.' && this.#tokens[ahead + 1]!.kind === 'name') {
      name += `.${this.#tokens[ahead + 1]!.text}`
      ahead += 2
    }
    const brace = this.#tokens[ahead]!
    if (brace.kind !== 'sign' || brace.text !== '{') return undefined
    this.#next = ahead + 1
    const fields = this.#list('}', () => this.#field(), true)
    return { kind: 'struct', at: brace.at, name, fields }
  }

  #field(): StructField {
    const optional = this.#take('?') !== undefined
    const name = this.#peek()
    if (!isName(name)) this.#refuse('IDENTIFIER')
    this.#next++
    const { at } = this.#expect(':')
    return { at, name: name.text, value: this.#expr(), optional }
  }

  #listLiteral(at: number): Expr {
    const optional = new Set<number>()
    let index = 0
    const items = this.#list(
      ']',
      () => {
        if (this.#take('?') !== undefined) optional.add(index)
        index++
        return this.#expr()
      },
      true,
    )
    return { kind: 'list', at, items, optional }
  }

  #mapLiteral(at: number): Expr {
    const entries = this.#list(
      '}',
      (): MapEntry => {
        const optional = this.#take('?') !== undefined
        const key = this.#expr()
        this.#expect(':')
        return { key, value: this.#expr(), optional }
      },
      true,
    )
    return { kind: 'map', at, entries }
  }
}

/** Literals that are words, and the one operator, are no names of fields. */
function isName({ kind, text }: Token): boolean {
  return kind === 'quoted' || (kind === 'name' && text !== 'in' && !Object.hasOwn(WORDS, text))
}

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null }

/** The same operator between all operands from one to another, as a tree of little depth. */
function balanced(
  operands: readonly Expr[],
  operators: readonly { readonly name: string; readonly at: number }[],
  from: number,
  to: number,
): Expr {
  if (to - from === 1) return operands[from]!
  const middle = Math.ceil((from + to) / 2)
  const { name, at } = operators[middle - 1]!
  return call(name, at, [balanced(operands, operators, from, middle), balanced(operands, operators, middle, to)])
}

function call(name: string, at: number, args: readonly Expr[]): Expr {
  return { kind: 'call', at, name, target: undefined, args }
}
