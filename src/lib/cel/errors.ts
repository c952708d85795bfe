/** A place in an expression where it makes no sense. */
export interface Issue {
  /** Offset in the text, in UTF-16 units. */
  readonly at: number
  readonly message: string
}

/** What is wrong with the text of an expression; its message shows each place, as users of CEL know it. */
export class CompileError extends Error {
  readonly issues: readonly Issue[]

  constructor(source: string, issues: readonly Issue[]) {
    super(issues.map((issue) => showIssue(source, issue)).join('\n'))
    this.name = 'CompileError'
    this.issues = issues
  }
}

/** What went wrong while an expression ran; `||`, `&&` and some macros can do without its value. */
export class EvalError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EvalError'
  }
}

/** The expression has done more than it may; nothing can do without the rest of it. */
export class CostLimitError extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded')
    this.name = 'CostLimitError'
  }
}

export const noSuchOverload = (): EvalError => new EvalError('no such overload')

function showIssue(source: string, { at, message }: Issue): string {
  const before = source.slice(0, at).split('\n')
  const line = source.split('\n')[before.length - 1] ?? ''
  const column = [...before.at(-1)!].length
  const mark = `${'.'.repeat(column)}^`
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${mark}`
}
