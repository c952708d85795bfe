import type { Functions } from './functions.ts'
import type { Type } from './types.ts'

/** What expressions can name. */
export interface Environment {
  readonly functions: Functions
  /** Variables by name, which may have dots. */
  readonly variables: ReadonlyMap<string, Type>
  /** Lists and maps that are written out may hold values of several types; in Kubernetes they may not. */
  readonly mixedLiterals?: boolean
  /** Types that an expression can make objects of, by name. */
  structType?(name: string): Type | undefined
}
