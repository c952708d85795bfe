import type { Call, Expr, Fold, OptionalMap, Select } from './ast.ts'
import type { Checked } from './checker.ts'
import { TYPE_NAMES } from './checker.ts'
import type { Environment } from './environment.ts'
import { CostLimitError, EvalError, noSuchOverload } from './errors.ts'
import type { Overload } from './functions.ts'
import {
  adapt,
  compare,
  display,
  Double,
  EntryMap,
  equal,
  fits,
  Mapping,
  Optional,
  sizeOf,
  StructValue,
  TypeValue,
  Uint,
} from './values.ts'
import type { Value } from './values.ts'

/** One run of an expression. */
export class Frame {
  readonly variables: (name: string) => Value | undefined
  readonly limit: number
  cost = 0
  /** Variables of comprehensions, by their slot. */
  readonly locals: Value[] = []

  constructor(variables: (name: string) => Value | undefined, limit: number) {
    this.variables = variables
    this.limit = limit
  }

  charge(cost: number): void {
    this.cost += cost
    if (this.cost > this.limit) throw new CostLimitError()
  }
}

export type Run = (frame: Frame) => Value

/** What steps cost, as the reference implementation counts them. */
export const LIST_COST = 10
export const MAP_COST = 30
export const STRUCT_COST = 40

/** Makes a function of an expression that the checker has seen. */
export function compile(expr: Expr, checked: Checked, environment: Environment): Run {
  return new Compiler(checked, environment).compile(expr)
}

class Compiler {
  readonly #checked: Checked
  readonly #environment: Environment
  #slots: ReadonlyMap<string, number> = new Map()

  constructor(checked: Checked, environment: Environment) {
    this.#checked = checked
    this.#environment = environment
  }

  compile(expr: Expr): Run {
    // What is written out is made once, and costs nothing.
    if (isConstant(expr)) {
      const value = expr.kind === 'literal' ? expr.value : this.#made(expr)(new Frame(() => undefined, Infinity))
      return () => value
    }
    return this.#made(expr)
  }

  #made(expr: Expr): Run {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr
        return () => value
      }
      case 'ident':
        return this.#variable(expr.name)
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return this.#struct(expr)
      case 'fold':
        return this.#fold(expr)
      case 'optional-map':
        return this.#optionalMap(expr)
    }
  }

  #variable(name: string): Run {
    const slot = this.#slots.get(name)
    if (slot !== undefined) {
      return (frame) => {
        frame.charge(1)
        return frame.locals[slot]
      }
    }
    const type = this.#environment.variables.has(name) ? undefined : TYPE_NAMES.get(name)
    if (type !== undefined) {
      const value = new TypeValue(type)
      return () => value
    }
    return (frame) => {
      frame.charge(1)
      const value = frame.variables(name)
      if (value === undefined) throw new EvalError(`no such attribute(s): ${name}`)
      return adapt(value)
    }
  }

  #select(expr: Select): Run {
    const name = this.#checked.names.get(expr)
    if (name !== undefined) return this.#variable(name)
    const operand = this.compile(expr.operand)
    const { field, test, optional } = expr
    if (test) {
      return (frame) => {
        const target = operand(frame)
        const inner = target instanceof Optional ? target.value : target
        if (inner === undefined) return false
        return has(inner, field)
      }
    }
    return (frame) => {
      const target = operand(frame)
      frame.charge(1)
      if (optional || target instanceof Optional) return lookUpOptional(target, field)
      const value = target instanceof Mapping ? target.get(field) : undefined
      if (value === undefined) throw missing(field)
      return value
    }
  }

  #call(expr: Call): Run {
    if (expr.name === '@in' && expr.args[1]!.kind === 'list' && isConstant(expr.args[1]!)) return this.#membership(expr)
    if (expr.name === '_[_]' || expr.name === '_[?_]') return this.#index(expr)
    const special = SPECIAL[expr.name]
    if (special !== undefined && expr.target === undefined) return special(expr.args.map((arg) => this.compile(arg)))
    const qualified = this.#checked.names.get(expr)
    const isMember = expr.target !== undefined && qualified === undefined
    const name = qualified ?? expr.name
    const args = [...(isMember ? [expr.target!] : []), ...expr.args].map((arg) => this.compile(arg))
    const overloads = (this.#environment.functions.get(name) ?? []).filter(
      ({ member, params }) => member === isMember && params.length === args.length,
    )
    return callOf(overloads, args)
  }

  /** Whether a value is in a list that is written out. */
  #membership({ args }: Call): Run {
    const wanted = this.compile(args[0]!)
    const list = this.compile(args[1]!)
    return (frame) => {
      const value = wanted(frame)
      return (list(frame) as readonly Value[]).some((item) => equal(value, item))
    }
  }

  #index({ name, args }: Call): Run {
    const operand = this.compile(args[0]!)
    const index = this.compile(args[1]!)
    const isOptional = name === '_[?_]'
    // A variable as the index has its cost already.
    const cost = args[1]!.kind === 'ident' || args[1]!.kind === 'select' ? 0 : 1
    return (frame) => {
      const target = operand(frame)
      const key = index(frame)
      frame.charge(cost)
      return isOptional || target instanceof Optional ? lookUpOptional(target, key) : lookUp(target, key)
    }
  }

  #list({ items, optional }: Extract<Expr, { kind: 'list' }>): Run {
    const runs = items.map((item) => this.compile(item))
    return (frame) => {
      const list: Value[] = []
      for (let i = 0; i < runs.length; i++) {
        const value = runs[i]!(frame)
        if (!optional.has(i)) list.push(value)
        else if (!(value instanceof Optional)) throw noSuchOverload()
        else if (value.value !== undefined) list.push(value.value)
      }
      frame.charge(LIST_COST)
      return list
    }
  }

  #map({ entries }: Extract<Expr, { kind: 'map' }>): Run {
    const runs = entries.map(({ key, value, optional }) => ({
      key: this.compile(key),
      value: this.compile(value),
      optional,
    }))
    return (frame) => {
      const map = new EntryMap()
      for (const { key, value, optional } of runs) {
        const [k, v] = [key(frame), value(frame)]
        if (!optional) map.add(k, v)
        else if (!(v instanceof Optional)) throw noSuchOverload()
        else if (v.value !== undefined) map.add(k, v.value)
      }
      frame.charge(MAP_COST)
      return map
    }
  }

  #struct({ name, fields }: Extract<Expr, { kind: 'struct' }>): Run {
    const type = this.#environment.structType?.(name)
    if (type === undefined) throw new EvalError(`unknown type: ${name}`)
    const runs = fields.map((field) => ({ ...field, run: this.compile(field.value) }))
    return (frame) => {
      const values = new Map<string, Value>()
      for (const { name: field, run, optional } of runs) {
        const value = run(frame)
        if (!optional) values.set(field, value)
        else if (!(value instanceof Optional)) throw noSuchOverload()
        else if (value.value !== undefined) values.set(field, value.value)
      }
      frame.charge(STRUCT_COST)
      return new StructValue(type, values)
    }
  }

  /** Compiles what may use variables of its own, each in a slot. */
  #within<T>(names: readonly string[], compileInner: (slots: readonly number[]) => T): T {
    const before = this.#slots
    const depth = Math.max(-1, ...before.values()) + 1
    const slots = names.map((_, i) => depth + i)
    this.#slots = new Map([...before, ...names.map((name, i) => [name, slots[i]!] as const)])
    const result = compileInner(slots)
    this.#slots = before
    return result
  }

  #fold(expr: Fold): Run {
    const range = this.compile(expr.range)
    const { name, vars } = expr
    return this.#within(vars, (slots) => {
      const body = this.compile(expr.body)
      const filter = expr.filter === undefined ? undefined : this.compile(expr.filter)
      const start = FOLDS[name]
      return (frame) => {
        const over = range(frame)
        const step = start(frame)
        const [slot, other] = slots
        forEachElement(over, slots.length, (first, second) => {
          frame.locals[slot!] = first
          if (other !== undefined) frame.locals[other] = second
          if (filter === undefined || truth(filter(frame))) return step.add(first, body, frame)
          return undefined
        })
        frame.charge(1)
        return step.result()
      }
    })
  }

  #optionalMap({ range, variable, body, flat }: OptionalMap): Run {
    const source = this.compile(range)
    return this.#within([variable], ([slot]) => {
      const inner = this.compile(body)
      return (frame) => {
        const optional = source(frame)
        if (!(optional instanceof Optional)) throw noSuchOverload()
        frame.charge(1)
        if (optional.value === undefined) return Optional.none
        frame.locals[slot!] = optional.value
        const value = inner(frame)
        return flat ? value : Optional.of(value)
      }
    })
  }
}

/** Whether an expression is written out to the last part, so that it is always the same. */
function isConstant(expr: Expr): boolean {
  if (expr.kind === 'literal') return true
  if (expr.kind === 'list') return expr.optional.size === 0 && expr.items.every(isConstant)
  if (expr.kind !== 'map') return false
  const { entries } = expr
  const keys = new Set(entries.map(({ key }) => (key.kind === 'literal' ? display(key.value) : undefined)))
  return (
    keys.size === entries.length &&
    entries.every(({ key, value, optional }) => !optional && key.kind === 'literal' && isConstant(value))
  )
}

const missing = (key: Value): EvalError => new EvalError(`no such key: ${display(key)}`)

/** What can have no fields at all does not have this one. */
function has(target: Value, field: string): boolean {
  return target instanceof Mapping && target.get(field) !== undefined
}

function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload()
  return value
}

/** Items, index and item, keys, or key and value, until a visit is the last one. */
function forEachElement(range: Value, count: number, visit: (first: Value, second: Value) => 'done' | void): void {
  if (Array.isArray(range)) {
    for (let i = 0; i < range.length; i++) {
      const item = adapt(range[i])
      if ((count === 2 ? visit(BigInt(i), item) : visit(item, undefined)) === 'done') return
    }
  } else if (range instanceof Mapping) {
    for (const key of range.keys()) if (visit(key, count === 2 ? range.get(key) : undefined) === 'done') return
  } else throw noSuchOverload()
}

/** How a fold goes on with each element, and what comes of it. */
interface Step {
  add(element: Value, body: Run, frame: Frame): 'done' | void
  result(): Value
}

/** Keeps an error until it is known whether it matters. Before each element it is asked whether all is decided already. */
function absorbing(frame: Frame, deciding: boolean, askingCost: number): Step {
  let error: unknown
  let isDecided = false
  return {
    add(_, body) {
      frame.charge(askingCost)
      if (isDecided) return 'done'
      frame.charge(1)
      try {
        if (truth(body(frame)) === deciding) isDecided = true
      } catch (thrown) {
        if (!(thrown instanceof EvalError)) throw thrown
        error ??= thrown
      }
      return undefined
    },
    result() {
      if (isDecided) return deciding
      if (error !== undefined) throw error
      return !deciding
    },
  }
}

function listing(
  frame: Frame,
  keep: (list: Value[], element: Value, value: Value) => void,
  keepingCost = LIST_COST + 2,
): Step {
  const list: Value[] = []
  return {
    add(element, body) {
      const before = list.length
      keep(list, element, body(frame))
      // The reference implementation makes a list of one and adds it.
      if (list.length > before) frame.charge(keepingCost)
    },
    result: () => list,
  }
}

function mapping(frame: Frame, keep: (map: EntryMap, element: Value, value: Value) => void): Step {
  const map = new EntryMap()
  return {
    add(element, body) {
      keep(map, element, body(frame))
      frame.charge(2)
    },
    result: () => map,
  }
}

const FOLDS: Readonly<Record<Fold['name'], (frame: Frame) => Step>> = {
  all: (frame) => absorbing(frame, false, 2),
  exists: (frame) => absorbing(frame, true, 3),
  exists_one(frame) {
    let count = 0
    return {
      add(_, body) {
        if (!truth(body(frame))) return
        count++
        frame.charge(2)
      },
      result() {
        frame.charge(1)
        return count === 1
      },
    }
  },
  map: (frame) => listing(frame, (list, _, value) => list.push(value)),
  transformList: (frame) => listing(frame, (list, _, value) => list.push(value)),
  filter: (frame) =>
    listing(
      frame,
      (list, element, value) => {
        if (truth(value)) list.push(element)
      },
      LIST_COST + 3,
    ),
  transformMap: (frame) => mapping(frame, (map, key, value) => map.add(key, value)),
  transformMapEntry: (frame) =>
    mapping(frame, (map, _, entry) => {
      if (!(entry instanceof Mapping)) throw noSuchOverload()
      for (const key of entry.keys()) map.add(key, entry.get(key))
    }),
  sortBy(frame) {
    const pairs: { element: Value; key: Value }[] = []
    return {
      add(element, body) {
        pairs.push({ element, key: body(frame) })
        frame.charge(LIST_COST + 2)
      },
      result: () => pairs.toSorted((a, b) => compare(a.key, b.key)).map(({ element }) => element),
    }
  },
}

/** Calls the first form of a function that takes the values that are there; the one of the last time is tried first. */
function callOf(overloads: readonly Overload[], args: readonly Run[]): Run {
  let last = overloads[0]
  const call = (frame: Frame, values: readonly Value[]): Value => {
    if (last === undefined || !takes(last, values)) {
      const found = overloads.find((overload) => takes(overload, values))
      if (found === undefined) throw noSuchOverload()
      last = found
    }
    const result = last.run(values)
    frame.charge(last.cost === undefined ? 1 : last.cost(values, result))
    return result
  }
  const [first, second] = args
  if (args.length === 1) return (frame) => call(frame, [first!(frame)])
  if (args.length === 2) return (frame) => call(frame, [first!(frame), second!(frame)])
  return (frame) =>
    call(
      frame,
      args.map((arg) => arg(frame)),
    )
}

function takes({ params }: Overload, values: readonly Value[]): boolean {
  for (let i = 0; i < params.length; i++) if (!fits(params[i]!, values[i])) return false
  return true
}

/** Operators that do not run all of their operands, or take all that there is. */
const SPECIAL: Readonly<Record<string, (args: readonly Run[]) => Run>> = {
  '_&&_': ([left, right]) => logical(left!, right!, false),
  '_||_': ([left, right]) => logical(left!, right!, true),
  '_?_:_':
    ([condition, then, otherwise]) =>
    (frame) =>
      truth(condition!(frame)) ? then!(frame) : otherwise!(frame),
  '_==_': ([left, right]) => equality(left!, right!, true),
  '_!=_': ([left, right]) => equality(left!, right!, false),
}

function logical(left: Run, right: Run, deciding: boolean): Run {
  return (frame) => {
    let error: unknown
    try {
      if (truth(left(frame)) === deciding) return deciding
    } catch (thrown) {
      if (!(thrown instanceof EvalError)) throw thrown
      error = thrown
    }
    // An error on one side does not matter when the other one decides.
    if (truth(right(frame)) === deciding) return deciding
    if (error !== undefined) throw error
    return !deciding
  }
}

function equality(left: Run, right: Run, wanted: boolean): Run {
  return (frame) => {
    const [a, b] = [left(frame), right(frame)]
    frame.charge(Math.max(1, Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * 0.1)))
    return equal(a, b) === wanted
  }
}

function lookUp(target: Value, key: Value): Value {
  if (target instanceof Mapping) {
    const value = target.get(key)
    if (value === undefined) throw missing(key)
    return value
  }
  if (!Array.isArray(target)) throw noSuchOverload()
  const index = indexOf(key)
  if (index === undefined) throw noSuchOverload()
  if (index < 0 || index >= target.length) throw new EvalError(`index out of bounds: ${index}`)
  return adapt(target[index])
}

/** A double or an uint that says the same as an int will do. */
function indexOf(key: Value): number | undefined {
  if (typeof key === 'bigint') return Number(key)
  if (key instanceof Uint) return Number(key.value)
  return key instanceof Double && Number.isInteger(key.value) ? key.value : undefined
}

function lookUpOptional(target: Value, key: Value): Optional {
  const inner = target instanceof Optional ? target.value : target
  if (inner === undefined) return Optional.none
  if (inner instanceof Mapping) {
    const value = inner.get(key)
    return value === undefined ? Optional.none : Optional.of(value)
  }
  if (!Array.isArray(inner)) throw noSuchOverload()
  const index = indexOf(key)
  if (index === undefined) throw noSuchOverload()
  return index < 0 || index >= inner.length ? Optional.none : Optional.of(adapt(inner[index]))
}
