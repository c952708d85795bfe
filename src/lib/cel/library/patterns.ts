import { RE2JS } from 're2js'
import { EvalError } from '../errors.ts'

const PATTERNS_MAX = 1000

const patterns = new Map<string, RE2JS | string>()

/** A pattern ready to use, which takes time linear in the text; throws for what is none. */
export function patternOf(text: string): RE2JS {
  let pattern = patterns.get(text)
  if (pattern === undefined) {
    try {
      pattern = RE2JS.compile(text)
    } catch (error) {
      pattern = (error as Error).message
    }
    if (patterns.size >= PATTERNS_MAX) patterns.clear()
    patterns.set(text, pattern)
  }
  if (typeof pattern === 'string') throw new EvalError(pattern)
  return pattern
}
