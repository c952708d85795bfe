/** A part of an expression; `at` is the offset that errors show. */
export type Expr =
  | Literal
  | { readonly kind: 'ident'; readonly at: number; readonly name: string }
  | Select
  | Call
  | {
      readonly kind: 'list'
      readonly at: number
      readonly items: readonly Expr[]
      /** Which items are left out when they are empty optionals. */
      readonly optional: ReadonlySet<number>
    }
  | { readonly kind: 'map'; readonly at: number; readonly entries: readonly MapEntry[] }
  | { readonly kind: 'struct'; readonly at: number; readonly name: string; readonly fields: readonly StructField[] }
  | Fold
  | OptionalMap

export interface Literal {
  readonly kind: 'literal'
  readonly at: number
  readonly value: unknown
}

export interface Select {
  readonly kind: 'select'
  readonly at: number
  readonly operand: Expr
  readonly field: string
  /** `.?field` */
  readonly optional: boolean
  /** Asks only whether it is there: `has(a.b)`. */
  readonly test: boolean
}

export interface Call {
  readonly kind: 'call'
  readonly at: number
  readonly name: string
  readonly target: Expr | undefined
  readonly args: readonly Expr[]
}

export interface MapEntry {
  readonly key: Expr
  readonly value: Expr
  readonly optional: boolean
}

export interface StructField {
  readonly at: number
  readonly name: string
  readonly value: Expr
  readonly optional: boolean
}

export type FoldName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy'

/** A macro that goes over a list or a map. */
export interface Fold {
  readonly kind: 'fold'
  readonly at: number
  readonly name: FoldName
  readonly range: Expr
  /** One, or index and item, or key and value. */
  readonly vars: readonly string[]
  /** Which elements count, for macros that take it. */
  readonly filter: Expr | undefined
  readonly body: Expr
}

/** `optional.optMap(v, …)` and `optFlatMap`. */
export interface OptionalMap {
  readonly kind: 'optional-map'
  readonly at: number
  readonly flat: boolean
  readonly range: Expr
  readonly variable: string
  readonly body: Expr
}

/** `a.b.c` as the name that it may be. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined
  const prefix = qualifiedName(expr.operand)
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`
}
