import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { BOOL, listOf, optionalOf, param } from '../types.ts'
import { adapt, Double, Mapping, Optional, Uint } from '../values.ts'
import type { Value } from '../values.ts'

const V = param('V')

/** Values that may not be there. */
export function optionalLibrary(): Functions {
  const inner = (optional: Value): Value | undefined => (optional as Optional).value
  return new FunctionTable()
    .global('optional.of', 'optional_of', [V], optionalOf(V), ([value]) => Optional.of(value))
    .global('optional.none', 'optional_none', [], optionalOf(V), () => Optional.none)
    .global('optional.ofNonZeroValue', 'optional_ofNonZeroValue', [V], optionalOf(V), ([value]) =>
      isZero(value) ? Optional.none : Optional.of(value),
    )
    .global('optional.unwrap', 'optional_unwrap', [listOf(optionalOf(V))], listOf(V), unwrap)
    .member('unwrapOpt', 'optional_unwrapOpt', [listOf(optionalOf(V))], listOf(V), unwrap)
    .member('hasValue', 'optional_hasValue', [optionalOf(V)], BOOL, ([a]) => inner(a) !== undefined)
    .member('value', 'optional_value', [optionalOf(V)], V, ([a]) => {
      const value = inner(a)
      if (value === undefined) throw new EvalError('optional.none() dereference')
      return value
    })
    .member('or', 'optional_or_optional', [optionalOf(V), optionalOf(V)], optionalOf(V), ([a, b]) =>
      inner(a) === undefined ? b : a,
    )
    .member('orValue', 'optional_orValue_value', [optionalOf(V), V], V, ([a, b]) => {
      const value = inner(a)
      return value === undefined ? b : value
    }).functions
}

function unwrap([list]: readonly Value[]): Value[] {
  return (list as readonly Value[]).flatMap((one) =>
    one instanceof Optional ? (one.value === undefined ? [] : [one.value]) : [adapt(one)],
  )
}

/** Whether a value is what a field of its type has when nobody has set it. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === '') return true
  if (value instanceof Double) return value.value === 0
  if (value instanceof Uint) return value.value === 0n
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0
  return value instanceof Mapping && value.size === 0
}
