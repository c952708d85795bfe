import type { Issue } from './errors.ts'
import { Double, Uint } from './values.ts'

/** A piece of the text of an expression. */
export interface Token {
  readonly kind: 'name' | 'quoted' | 'literal' | 'sign' | 'end'
  readonly text: string
  readonly at: number
  /** Of a literal. */
  readonly value?: unknown
}

const SIGNS = [
  '&&', '||', '==', '!=', '<=', '>=', '[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ':', '+', '*', '/', '%',
  '<', '>',
] // prettier-ignore

const NUMBER =
  /(?:0x([0-9a-fA-F]+)([uU]?)|(\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|(\d+)([uU]?))/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const SPACE = /(?:[ \t\r\n\f]|\/\/[^\n]*)+/y
const STRING = /([rR][bB]?|[bB][rR]?)?("""|'''|"|')/y
const QUOTED = /`([A-Za-z0-9_.\-/ ]+)`/y

const INT_MAX = 2n ** 63n

/** Cuts an expression into tokens; what is none becomes an issue. A minus before a number is a sign of its own. */
export function tokensOf(source: string): { tokens: Token[]; issues: Issue[] } {
  const tokens: Token[] = []
  const issues: Issue[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match === null) return undefined
    at += match[0].length
    return match
  }
  for (;;) {
    take(SPACE)
    if (at >= source.length) break
    const start = at
    const quote = take(STRING)
    if (quote !== undefined) {
      const { value, end, problem } = readText(source, at, (quote[1] ?? '').toLowerCase(), quote[2]!)
      at = end
      if (problem === undefined) tokens.push({ kind: 'literal', text: source.slice(start, end), at: start, value })
      else issues.push({ at: start, message: problem })
      continue
    }
    const name = take(NAME)
    if (name !== undefined) {
      tokens.push({ kind: 'name', text: name[0], at: start })
      continue
    }
    const quoted = take(QUOTED)
    if (quoted !== undefined) {
      tokens.push({ kind: 'quoted', text: quoted[1]!, at: start })
      continue
    }
    const number = /[0-9.]/.test(source[at]!) ? take(NUMBER) : undefined
    if (number !== undefined) {
      const value = readNumber(number)
      tokens.push({ kind: 'literal', text: number[0], at: start, value })
      continue
    }
    const sign = SIGNS.find((one) => source.startsWith(one, at))
    if (sign === undefined) {
      const one = String.fromCodePoint(source.codePointAt(at)!)
      issues.push({ at, message: `Syntax error: token recognition error at: '${one}'` })
      at += one.length
      continue
    }
    at += sign.length
    tokens.push({ kind: 'sign', text: sign, at: start })
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length })
  return { tokens, issues }
}

/** A number that is too large for an int: the parser says so unless a minus makes it the least one. */
export class TooLarge {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

function readNumber([, hex, hexUnsigned, double, digits, unsigned]: RegExpExecArray): unknown {
  if (double !== undefined) return new Double(Number(double))
  const value = BigInt(hex === undefined ? digits! : `0x${hex}`)
  if (hexUnsigned || unsigned) return value < 2n * INT_MAX ? new Uint(value) : new TooLarge(value)
  return value < INT_MAX ? value : new TooLarge(value)
}

interface Text {
  readonly value?: string | Uint8Array
  readonly end: number
  readonly problem?: string
}

function readText(source: string, start: number, prefix: string, quote: string): Text {
  const isRaw = prefix.includes('r')
  const isBytes = prefix.includes('b')
  const parts: (string | number)[] = []
  let at = start
  for (;;) {
    if (at >= source.length || (quote.length === 1 && (source[at] === '\n' || source[at] === '\r'))) {
      const end = at >= source.length ? at : start
      return { end, problem: `Syntax error: token recognition error at: '${source.slice(start - quote.length, at)}'` }
    }
    if (source.startsWith(quote, at)) break
    if (source[at] === '\\' && !isRaw) {
      const escape = readEscape(source, at, isBytes)
      if (escape === undefined) {
        return {
          end: source.length,
          problem: `Syntax error: token recognition error at: '${source.slice(start - quote.length, at + 2)}'`,
        }
      }
      parts.push(escape.value)
      at += escape.length
      continue
    }
    const length = source[at] === '\\' ? 2 : 1
    parts.push(source.slice(at, at + length))
    at += length
  }
  const end = at + quote.length
  if (!isBytes)
    return { end, value: parts.map((one) => (typeof one === 'string' ? one : String.fromCodePoint(one))).join('') }
  return { end, value: bytesOf(parts) }
}

/** Text becomes UTF-8; a number is a byte. */
function bytesOf(parts: readonly (string | number)[]): Uint8Array {
  const chunks: Uint8Array[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') chunks.push(new TextEncoder().encode(text))
    text = ''
  }
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else {
      flush()
      chunks.push(Uint8Array.of(part))
    }
  }
  flush()
  return new Uint8Array(Buffer.concat(chunks))
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"', '`': '`', '?': '?',
} // prettier-ignore

const NUMERIC = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y

function readEscape(
  source: string,
  at: number,
  isBytes: boolean,
): { value: string | number; length: number } | undefined {
  const plain = ESCAPES[source[at + 1] ?? '']
  if (plain !== undefined) return { value: plain, length: 2 }
  NUMERIC.lastIndex = at
  const match = NUMERIC.exec(source)
  if (match === null) return undefined
  const [whole, hex, short, long, octal] = match
  if (isBytes && (short !== undefined || long !== undefined)) return undefined
  const code = octal === undefined ? Number.parseInt((hex ?? short ?? long)!, 16) : Number.parseInt(octal, 8)
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined
  return { value: code, length: whole.length }
}
