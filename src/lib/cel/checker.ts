import type { Call, Expr, Fold, OptionalMap, Select } from './ast.ts'
import { qualifiedName } from './ast.ts'
import type { Environment } from './environment.ts'
import type { Issue } from './errors.ts'
import type { Overload } from './functions.ts'
import type { Bindings, Type } from './types.ts'
import * as t from './types.ts'
import { typeOf } from './values.ts'

/** What the checker found out about an expression. */
export interface Checked {
  readonly type: Type
  readonly types: ReadonlyMap<Expr, Type>
  /** Selections that are the name of a variable, and calls whose target is a part of the name of the function. */
  readonly names: ReadonlyMap<Expr, string>
  readonly issues: readonly Issue[]
}

/** Types that can be named as values. */
export const TYPE_NAMES: ReadonlyMap<string, Type> = new Map(
  [
    t.BOOL, t.INT, t.UINT, t.DOUBLE, t.STRING, t.BYTES, t.NULL, t.TIMESTAMP, t.DURATION, t.listOf(t.DYN),
    t.mapOf(t.DYN, t.DYN), t.typeOfType(t.DYN), t.optionalOf(t.DYN), t.opaque('net.IP'), t.opaque('net.CIDR'),
    t.opaque('kubernetes.Quantity'), t.opaque('kubernetes.URL'), t.opaque('kubernetes.Semver'),
  ].map((type) => [type.name, type]),
) // prettier-ignore

/** Works out the type of each part of an expression, and what does not go together. */
export function check(expr: Expr, environment: Environment): Checked {
  const checker = new Checker(environment)
  const type = t.substitute(checker.check(expr), checker.bindings, true)
  return { type, types: checker.types, names: checker.names, issues: checker.issues }
}

class Checker {
  readonly types = new Map<Expr, Type>()
  readonly names = new Map<Expr, string>()
  readonly issues: Issue[] = []
  readonly bindings: Bindings = new Map()
  readonly #environment: Environment
  #scope: ReadonlyMap<string, Type> = new Map()
  #fresh = 0

  constructor(environment: Environment) {
    this.#environment = environment
  }

  check(expr: Expr): Type {
    const type = this.#typeOf(expr)
    this.types.set(expr, type)
    return type
  }

  #report(at: number, message: string): Type {
    this.issues.push({ at, message })
    return t.ERROR
  }

  #newParam(): Type {
    return t.param(`_var${this.#fresh++}`)
  }

  #resolve(type: Type): Type {
    return t.substitute(type, this.bindings)
  }

  #typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'literal':
        return typeOf(expr.value)
      case 'ident':
        return this.#lookup(expr.name) ?? this.#undeclared(expr.at, expr.name)
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

  #undeclared(at: number, name: string): Type {
    return this.#report(at, `undeclared reference to '${name}' (in container '')`)
  }

  #lookup(name: string): Type | undefined {
    const known = this.#scope.get(name) ?? this.#environment.variables.get(name)
    if (known !== undefined) return known
    const named = TYPE_NAMES.get(name)
    return named === undefined ? undefined : t.typeOfType(named)
  }

  #select(expr: Select): Type {
    const name = qualifiedName(expr)
    // A variable of a comprehension hides all names that begin like it.
    if (name !== undefined && !this.#scope.has(name.slice(0, name.indexOf('.')))) {
      const type = this.#lookup(name)
      if (type !== undefined) {
        this.names.set(expr, name)
        return type
      }
    }
    const type = this.#field(expr)
    return expr.test ? t.BOOL : type
  }

  #field({ at, operand, field, optional }: Select): Type {
    const whole = this.#resolve(this.check(operand))
    const isOptional = whole.kind === 'optional'
    const target = isOptional ? whole.params[0]! : whole
    let type: Type = t.DYN
    if (target.kind === 'map') type = target.params[1]!
    else if (target.kind === 'object') {
      type = target.field?.(field) ?? this.#report(at, `undefined field '${field}'`)
    } else if (target.kind === 'param') t.isAssignable(t.DYN, target, this.bindings)
    else if (target.kind !== 'dyn' && target.kind !== 'error') {
      this.#report(at, `type '${t.formatType(target)}' does not support field selection`)
    }
    return this.#resolve(isOptional || optional ? t.optionalOf(type) : type)
  }

  #call(expr: Call): Type {
    const { functions } = this.#environment
    const given = expr.args.map((arg) => this.check(arg))
    if (expr.target === undefined) {
      const overloads = functions.get(expr.name)
      if (overloads === undefined) return this.#undeclared(expr.at, expr.name)
      return this.#overload(expr, expr.name, overloads, given, false)
    }
    const prefix = qualifiedName(expr.target)
    if (prefix !== undefined) {
      const name = `${prefix}.${expr.name}`
      const overloads = functions.get(name)
      if (overloads !== undefined) {
        this.names.set(expr, name)
        return this.#overload(expr, name, overloads, given, false)
      }
    }
    const target = this.check(expr.target)
    const overloads = functions.get(expr.name)
    if (overloads === undefined) return this.#undeclared(expr.at, expr.name)
    return this.#overload(expr, expr.name, overloads, [target, ...given], true)
  }

  #overload({ at, args }: Call, name: string, overloads: readonly Overload[], given: Type[], member: boolean): Type {
    if (name === '_&&_' || name === '_||_') {
      let ok = true
      given.forEach((type, i) => {
        if (t.isAssignable(t.BOOL, type, this.bindings)) return
        ok = false
        this.#report(args[i]!.at, `expected type 'bool' but found '${t.formatType(this.#shown(type))}'`)
      })
      return ok ? t.BOOL : t.ERROR
    }
    let result: Type | undefined
    for (const overload of overloads) {
      if (overload.member !== member || overload.params.length !== given.length) continue
      const own = this.#instantiate(overload)
      if (!t.areAssignable(own.params, given, this.bindings)) continue
      const type = this.#resolve(own.result)
      if (result === undefined) result = type
      else if (result.kind !== 'dyn' && !t.sameType(result, type)) result = t.DYN
    }
    if (result !== undefined) return result
    const shown = given.map((type) => t.formatType(this.#shown(type)))
    const signature = member ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`
    return this.#report(at, `found no matching overload for '${name}' applied to '${signature}'`)
  }

  #shown(type: Type): Type {
    return t.substitute(type, this.bindings, true)
  }

  /** The form with type parameters of its own, so that two calls do not bind each other's. */
  #instantiate({ params, result }: Overload): { params: readonly Type[]; result: Type } {
    const own: Bindings = new Map()
    const visit = (type: Type): void => {
      if (type.kind === 'param' && !own.has(type.name)) own.set(type.name, this.#newParam())
      type.params.forEach(visit)
    }
    params.forEach(visit)
    visit(result)
    if (own.size === 0) return { params, result }
    return { params: params.map((one) => t.substitute(one, own)), result: t.substitute(result, own) }
  }

  #join(at: number, before: Type | undefined, now: Type): Type {
    if (before === undefined) return now
    if (t.isAssignable(before, now, this.bindings)) return t.mostGeneral(before, now)
    if (this.#environment.mixedLiterals === true) return t.DYN
    const [was, is] = [t.formatType(this.#shown(before)), t.formatType(this.#shown(now))]
    return this.#report(at, `expected type '${was}' but found '${is}'`)
  }

  #unwrapped(at: number, type: Type, optional: boolean): Type {
    if (!optional) return type
    const resolved = this.#resolve(type)
    if (resolved.kind === 'optional') return resolved.params[0]!
    if (resolved.kind === 'dyn' || resolved.kind === 'error') return resolved
    const shown = t.formatType(this.#shown(type))
    return this.#report(at, `expected type 'optional_type(${shown})' but found '${shown}'`)
  }

  #list({ items, optional }: Extract<Expr, { kind: 'list' }>): Type {
    let item: Type | undefined
    items.forEach((one, i) => {
      item = this.#join(one.at, item, this.#unwrapped(one.at, this.check(one), optional.has(i)))
    })
    return t.listOf(item ?? this.#newParam())
  }

  #map({ entries }: Extract<Expr, { kind: 'map' }>): Type {
    let [key, value]: [Type | undefined, Type | undefined] = [undefined, undefined]
    for (const entry of entries) {
      key = this.#join(entry.key.at, key, this.check(entry.key))
      const type = this.#unwrapped(entry.value.at, this.check(entry.value), entry.optional)
      value = this.#join(entry.value.at, value, type)
    }
    return t.mapOf(key ?? this.#newParam(), value ?? this.#newParam())
  }

  #struct({ at, name, fields }: Extract<Expr, { kind: 'struct' }>): Type {
    const type = this.#environment.structType?.(name)
    if (type === undefined) return this.#undeclared(at, name)
    for (const field of fields) {
      const given = this.#unwrapped(field.value.at, this.check(field.value), field.optional)
      const wanted = type.field?.(field.name) ?? this.#report(field.at, `undefined field '${field.name}'`)
      if (t.isAssignable(wanted, given, this.bindings)) continue
      const [want, got] = [t.formatType(wanted), t.formatType(this.#shown(given))]
      this.#report(field.at, `expected type of field '${field.name}' is '${want}' but provided type is '${got}'`)
    }
    return type
  }

  #within<T>(variables: readonly (readonly [string, Type])[], run: () => T): T {
    const before = this.#scope
    this.#scope = new Map([...before, ...variables])
    const result = run()
    this.#scope = before
    return result
  }

  #fold(expr: Fold): Type {
    const { range, vars, filter, body } = expr
    const type = this.#resolve(this.check(range))
    const bound = this.#elements(range.at, type, vars.length)
    return this.#within(
      vars.map((name, i) => [name, bound[i]!] as const),
      () => {
        if (filter !== undefined) this.#expectCondition(expr, filter)
        if (TESTS.has(expr.name)) this.#expectBool(expr, body)
        const result = TESTS.has(expr.name) ? t.BOOL : this.check(body)
        return this.#resolve(this.#folded(expr, type, bound, result))
      },
    )
  }

  #folded({ name, body }: Fold, range: Type, bound: readonly Type[], result: Type): Type {
    switch (name) {
      case 'all':
      case 'exists':
      case 'exists_one':
        return t.BOOL
      case 'filter':
        return t.listOf(bound[0]!)
      case 'map':
      case 'transformList':
        return t.listOf(result)
      case 'transformMap':
        return t.mapOf(bound[0]!, result)
      case 'transformMapEntry': {
        const made = this.#resolve(result)
        if (made.kind === 'map' || made.kind === 'dyn') return made
        return this.#report(body.at, `expected type 'map' but found '${t.formatType(this.#shown(made))}'`)
      }
      case 'sortBy':
        return range.kind === 'list' ? range : t.listOf(t.DYN)
    }
  }

  /** The types of the variables that go over a list or a map. */
  #elements(at: number, type: Type, count: number): readonly Type[] {
    if (type.kind === 'list') return count === 2 ? [t.INT, type.params[0]!] : type.params
    if (type.kind === 'map') return type.params
    if (type.kind === 'dyn' || type.kind === 'error' || type.kind === 'param') {
      t.isAssignable(t.DYN, type, this.bindings)
      return [t.DYN, t.DYN]
    }
    const shown = t.formatType(type)
    this.#report(at, `expression of type '${shown}' cannot be range of a comprehension (must be list, map, or dynamic)`)
    return [t.ERROR, t.ERROR]
  }

  #expectBool(expr: Fold, condition: Expr): void {
    // What is counted is asked by `?:`, the others by `&&` and `||`.
    if (expr.name === 'exists_one' || expr.name === 'filter') {
      this.#expectCondition(expr, condition)
      return
    }
    const type = this.check(condition)
    if (t.isAssignable(t.BOOL, type, this.bindings)) return
    this.#report(condition.at, `expected type 'bool' but found '${t.formatType(this.#shown(type))}'`)
  }

  #expectCondition({ at, name }: Fold, condition: Expr): void {
    const type = this.check(condition)
    if (t.isAssignable(t.BOOL, type, this.bindings)) return
    const shown = t.formatType(this.#shown(type))
    const result = name === 'exists_one' ? 'int' : 'list(dyn)'
    this.#report(at, `found no matching overload for '_?_:_' applied to '(${shown}, ${result}, ${result})'`)
  }

  #optionalMap({ at, range, variable, body, flat }: OptionalMap): Type {
    const type = this.#resolve(this.check(range))
    if (type.kind !== 'optional' && type.kind !== 'dyn' && type.kind !== 'error') {
      const shown = t.formatType(this.#shown(type))
      return this.#report(at, `found no matching overload for 'hasValue' applied to '${shown}.()'`)
    }
    const inner = type.kind === 'optional' ? type.params[0]! : t.DYN
    const result = this.#within([[variable, inner]], () => this.check(body))
    return this.#resolve(flat ? result : t.optionalOf(result))
  }
}

const TESTS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter'])
