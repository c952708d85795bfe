import type { Call, Expr, Fold } from './ast.ts'
import type { Checked } from './checker.ts'
import { LIST_COST, MAP_COST, STRUCT_COST } from './evaluator.ts'
import { CHECK_COST } from './library/authorizer.ts'
import { REGEX_FACTOR, STRING_FACTOR } from './library/cost.ts'
import type { Type } from './types.ts'
import { Mapping, sizeOf } from './values.ts'

/** The least and the most that something can cost, or how large it can be. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** What is larger than this is as good as unbounded. */
const MOST = 2 ** 64

const range = (min: number, max = min): Range => ({ min: Math.min(min, MOST), max: Math.min(max, MOST) })
const add = (...all: readonly Range[]): Range =>
  range(
    all.reduce((sum, one) => sum + one.min, 0),
    all.reduce((sum, one) => sum + one.max, 0),
  )
const times = (a: Range, b: Range): Range => range(a.min * b.min, a.max * b.max)
const scale = (a: Range, factor: number): Range => range(Math.ceil(a.min * factor), Math.ceil(a.max * factor))
const union = (a: Range, b: Range): Range => range(Math.min(a.min, b.min), Math.max(a.max, b.max))

const NONE = range(0)
const ONE = range(1)
const UNKNOWN = range(0, MOST)

/** Estimates what an expression costs at worst and at best, by the sizes that its types allow. */
export function estimateCost(expr: Expr, { types }: Checked): Range {
  return new Estimator(types).cost(expr)
}

/** Kinds of values that are of one size. */
const SCALARS: ReadonlySet<Type['kind']> = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'null',
  'timestamp',
  'duration',
  'type',
  'opaque',
])

/** No number, time or address takes more characters than these. */
const SHOWN_SIZE = 45

class Estimator {
  readonly #types: ReadonlyMap<Expr, Type>
  /** Sizes that follow from how a value is made. */
  readonly #sizes = new Map<Expr, Range>()

  constructor(types: ReadonlyMap<Expr, Type>) {
    this.#types = types
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return NONE
      case 'ident':
        return ONE
      case 'select':
        return expr.test ? this.cost(expr.operand) : add(this.cost(expr.operand), ONE)
      case 'call':
        return this.#call(expr)
      case 'list':
        return add(range(LIST_COST), ...expr.items.map((item) => this.cost(item)))
      case 'map':
        return add(range(MAP_COST), ...expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]))
      case 'struct':
        return add(range(STRUCT_COST), ...expr.fields.map(({ value }) => this.cost(value)))
      case 'fold':
        return this.#fold(expr)
      case 'optional-map':
        return union(add(this.cost(expr.range), ONE), add(this.cost(expr.range), ONE, this.cost(expr.body)))
    }
  }

  #size(expr: Expr): Range {
    const known = this.#sizes.get(expr)
    if (known !== undefined) return known
    if (expr.kind === 'literal') return range(expr.value instanceof Mapping ? 1 : sizeOf(expr.value))
    if (expr.kind === 'list') return range(expr.items.length)
    if (expr.kind === 'map') return range(expr.entries.length)
    return this.#sizeOfType(this.#types.get(expr))
  }

  #sizeOfType(type: Type | undefined): Range {
    if (type?.maxSize !== undefined) return range(0, type.maxSize)
    return type !== undefined && SCALARS.has(type.kind) ? ONE : UNKNOWN
  }

  #call(expr: Call): Range {
    const args = expr.target === undefined ? expr.args : [expr.target, ...expr.args]
    const costs = args.map((arg) => this.cost(arg))
    if (expr.name === '_&&_' || expr.name === '_||_') return range(costs[0]!.min, add(...costs).max)
    if (expr.name === '_?_:_') {
      this.#sizes.set(expr, union(this.#size(args[1]!), this.#size(args[2]!)))
      return add(costs[0]!, union(costs[1]!, costs[2]!))
    }
    return add(...costs, this.#function(expr, args))
  }

  #function(expr: Call, args: readonly Expr[]): Range {
    const [first = ONE, second = ONE] = args.map((arg) => this.#size(arg))
    const made = (size: Range, cost: Range): Range => {
      this.#sizes.set(expr, size)
      return cost
    }
    const over = (size: Range, factor = 1): Range => scale(size, factor * STRING_FACTOR)
    switch (expr.name) {
      case '_==_':
      case '_!=_':
        return this.#compared(first, second)
      case '_<_':
      case '_<=_':
      case '_>_':
      case '_>=_':
        return this.#isText(args[0]!) ? this.#compared(first, second) : ONE
      case '_+_':
        if (this.#isText(args[0]!)) return made(add(first, second), over(add(first, second)))
        return made(add(first, second), ONE)
      case '@in':
        return this.#types.get(args[1]!)?.kind === 'map' ? ONE : union(ONE, second)
      case 'startsWith':
      case 'endsWith':
        return over(second)
      case 'contains':
        return times(over(first), over(second))
      case 'matches':
      case 'find':
      case 'findAll': {
        const cost = times(over(add(first, ONE)), scale(second, REGEX_FACTOR))
        return expr.name === 'matches' ? cost : made(range(0, first.max), cost)
      }
      case 'lowerAscii':
      case 'upperAscii':
      case 'trim':
      case 'substring':
      case 'url':
        return made(range(0, first.max), over(first))
      case 'split':
        return made(range(0, first.max), over(first, 2))
      case 'replace':
        return made(this.#replaced(first, second, args[2]), over(first, 2))
      case 'join':
        return this.#joined(expr, args, first)
      case 'bytes':
        return made(range(first.min, first.max * 4), over(first))
      case 'string':
        return this.#isText(args[0]!) ? made(first, over(first)) : made(range(1, SHOWN_SIZE), ONE)
      case 'isSorted':
      case 'sum':
      case 'min':
      case 'max':
      case 'indexOf':
      case 'lastIndexOf':
        return this.#traversed(args[0]!, first)
      case 'quantity':
      case 'isQuantity':
      case 'semver':
      case 'isSemver':
      case 'ip':
      case 'isIP':
      case 'cidr':
      case 'isCIDR':
      case 'format':
        return over(first)
      case 'check':
        return range(CHECK_COST)
      default:
        return ONE
    }
  }

  #isText(expr: Expr): boolean {
    const kind = this.#types.get(expr)?.kind
    return kind === 'string' || kind === 'bytes' || kind === 'dyn'
  }

  #compared(a: Range, b: Range): Range {
    const max = Math.min(a.max, b.max)
    return scale(range(max > 0 ? 1 : 0, max), STRING_FACTOR)
  }

  #replaced(text: Range, old: Range, next: Expr | undefined): Range {
    const inserted = next === undefined ? ONE : this.#size(next)
    if (inserted.max <= old.min) return range(0, text.max)
    return range(
      0,
      old.min === 0 ? text.max + (text.max + 1) * inserted.max : Math.ceil(text.max / old.min) * inserted.max,
    )
  }

  #joined(expr: Call, args: readonly Expr[], count: Range): Range {
    const item = this.#sizeOfType(this.#types.get(args[0]!)?.params[0])
    const between = args[1] === undefined ? NONE : this.#size(args[1])
    const size = add(times(count, item), times(between, range(Math.max(0, count.min - 1), Math.max(0, count.max - 1))))
    this.#sizes.set(expr, size)
    return scale(size, STRING_FACTOR)
  }

  #traversed(target: Expr, size: Range): Range {
    const item = this.#types.get(target)?.params[0]
    if (item === undefined) return scale(size, STRING_FACTOR)
    const isText = item.kind === 'string' || item.kind === 'bytes'
    return times(size, isText ? add(ONE, scale(this.#sizeOfType(item), STRING_FACTOR)) : ONE)
  }

  #fold(expr: Fold): Range {
    const body = this.cost(expr.body)
    const filter = expr.filter === undefined ? NONE : this.cost(expr.filter)
    const count = this.#size(expr.range)
    if (!TESTS.has(expr.name)) this.#sizes.set(expr, range(0, count.max))
    const start = STARTS[expr.name] ?? 0
    const [least, most] = STEPS[expr.name]
    const keeps = expr.filter !== undefined || expr.name === 'filter'
    const step = add(filter, body, range(keeps ? 0 : least, most))
    return add(this.cost(expr.range), range(start), times(count, step), range(expr.name === 'exists_one' ? 2 : 1))
  }
}

const TESTS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one'])

/** What it takes to begin. */
const STARTS: Readonly<Partial<Record<Fold['name'], number>>> = {
  map: LIST_COST,
  filter: LIST_COST,
  transformList: LIST_COST,
  transformMap: MAP_COST,
  transformMapEntry: MAP_COST,
  sortBy: LIST_COST,
}

/** What each element costs beside what is asked of it, as the reference implementation unfolds it. */
const STEPS: Readonly<Record<Fold['name'], readonly [number, number]>> = {
  all: [3, 3],
  exists: [4, 4],
  exists_one: [0, 2],
  map: [LIST_COST + 2, LIST_COST + 2],
  filter: [0, LIST_COST + 3],
  transformList: [LIST_COST + 2, LIST_COST + 2],
  transformMap: [3, 3],
  transformMapEntry: [2, 2],
  sortBy: [LIST_COST + 2, LIST_COST + 2],
}
