import type { Type } from './types.ts'
import type { Value } from './values.ts'

/** One form of a function: what it takes, what comes of it, and what it costs. */
export interface Overload {
  readonly id: string
  /** Called as `a.f(b)`; the target is the first argument. */
  readonly member: boolean
  readonly params: readonly Type[]
  readonly result: Type
  run(args: readonly Value[]): Value
  /** What one call costs; 1 when it does not say. */
  cost?(args: readonly Value[], result: Value): number
}

/** Functions by name. */
export type Functions = ReadonlyMap<string, readonly Overload[]>

type Cost = NonNullable<Overload['cost']>
type Run = Overload['run']

/** Gathers the forms of functions. */
export class FunctionTable {
  readonly #byName = new Map<string, Overload[]>()

  /** Adds a form that is called as `f(a, b)`. */
  global(name: string, id: string, params: readonly Type[], result: Type, run: Run, cost?: Cost): this {
    return this.#add(name, { id, member: false, params, result, run, ...(cost === undefined ? {} : { cost }) })
  }

  /** Adds a form that is called as `a.f(b)`. */
  member(name: string, id: string, params: readonly Type[], result: Type, run: Run, cost?: Cost): this {
    return this.#add(name, { id, member: true, params, result, run, ...(cost === undefined ? {} : { cost }) })
  }

  /** All of several libraries. */
  static join(...libraries: readonly Functions[]): Functions {
    const all = new Map<string, readonly Overload[]>()
    for (const library of libraries) {
      for (const [name, overloads] of library) all.set(name, [...(all.get(name) ?? []), ...overloads])
    }
    return all
  }

  get functions(): Functions {
    return this.#byName
  }

  #add(name: string, overload: Overload): this {
    const list = this.#byName.get(name)
    if (list === undefined) this.#byName.set(name, [overload])
    else list.push(overload)
    return this
  }
}
