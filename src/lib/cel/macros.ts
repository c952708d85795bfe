import type { Expr, Fold, FoldName } from './ast.ts'

/** A macro was used in a way that makes no sense. */
export class MacroError extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** The macro that a call stands for; undefined when it is an ordinary call. */
export function expandMacro(
  name: string,
  at: number,
  target: Expr | undefined,
  args: readonly Expr[],
): Expr | undefined {
  if (target === undefined) return name === 'has' && args.length === 1 ? presence(args[0]!, at) : undefined
  if (name === 'optMap' || name === 'optFlatMap') {
    if (args.length !== 2) return undefined
    return {
      kind: 'optional-map',
      at,
      flat: name === 'optFlatMap',
      range: target,
      variable: variableOf(args[0]!),
      body: args[1]!,
    }
  }
  return foldOf(name, at, target, args)
}

function presence(arg: Expr, at: number): Expr {
  if (arg.kind !== 'select' || arg.test) throw new MacroError(arg.at, 'invalid argument to has() macro')
  return { ...arg, at, test: true }
}

/** By name: the fold, and how many arguments it takes with one variable and with two. */
const FOLDS: Readonly<Record<string, { fold: FoldName; one: readonly number[]; two: readonly number[] }>> = {
  all: { fold: 'all', one: [2], two: [3] },
  exists: { fold: 'exists', one: [2], two: [3] },
  exists_one: { fold: 'exists_one', one: [2], two: [3] },
  existsOne: { fold: 'exists_one', one: [2], two: [3] },
  map: { fold: 'map', one: [2, 3], two: [] },
  filter: { fold: 'filter', one: [2], two: [] },
  sortBy: { fold: 'sortBy', one: [2], two: [] },
  transformList: { fold: 'transformList', one: [], two: [3, 4] },
  transformMap: { fold: 'transformMap', one: [], two: [3, 4] },
  transformMapEntry: { fold: 'transformMapEntry', one: [], two: [3, 4] },
}

function foldOf(name: string, at: number, range: Expr, args: readonly Expr[]): Fold | undefined {
  if (!Object.hasOwn(FOLDS, name)) return undefined
  const { fold, one, two } = FOLDS[name]!
  const count = one.includes(args.length) ? 1 : two.includes(args.length) ? 2 : 0
  if (count === 0) return undefined
  const isTest = fold === 'all' || fold === 'exists' || fold === 'exists_one'
  const vars = args.slice(0, count).map((arg) => variableOf(arg, isTest || count === 2))
  if (vars.length === 2 && vars[0] === vars[1]) {
    throw new MacroError(args[1]!.at, `duplicate variable name: ${vars[1]}`)
  }
  const rest = args.slice(count)
  return {
    kind: 'fold',
    at,
    name: fold,
    range,
    vars,
    filter: rest.length === 2 ? rest[0] : undefined,
    body: rest.at(-1)!,
  }
}

function variableOf(arg: Expr, isTest = false): string {
  if (arg.kind !== 'ident') {
    throw new MacroError(arg.at, isTest ? 'argument must be a simple name' : 'argument is not an identifier')
  }
  // What the reference implementation collects results in.
  if (arg.name === '__result__') {
    throw new MacroError(arg.at, 'iteration variable overwrites accumulator variable')
  }
  return arg.name
}
