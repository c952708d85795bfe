import { EvalError, noSuchOverload } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { durationOf } from '../time.ts'
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  optionalOf,
  param,
  STRING,
  TIMESTAMP,
  UINT,
} from '../types.ts'
import { adapt, compare, Double, Duration, equal, Optional, sizeOf, toInt, toUint, Uint } from '../values.ts'
import type { Value } from '../values.ts'
import { treeCost } from './cost.ts'

const T = param('T')
const ORDERED = [
  ['int', INT], ['uint', UINT], ['double', DOUBLE], ['bool', BOOL], ['duration', DURATION], ['timestamp', TIMESTAMP],
  ['string', STRING], ['bytes', BYTES],
] as const // prettier-ignore
const SUMMED = [
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['duration', DURATION],
] as const

const items = (list: Value): readonly Value[] => (list as readonly Value[]).map(adapt)

/** What can be done with lists: Kubernetes' own functions and those of the extension that it takes in. */
export function listLibrary(): Functions {
  const table = new FunctionTable()
  const tree = ([list]: readonly Value[]): number => treeCost(list)
  const length = ([list]: readonly Value[]): number => Math.max(1, sizeOf(list))
  for (const [name, type] of ORDERED) {
    table
      .member('isSorted', `list_${name}_is_sorted_bool`, [listOf(type)], BOOL, ([list]) => isSorted(items(list)), tree)
      .member(
        'min',
        `list_${name}_min_${name}`,
        [listOf(type)],
        type,
        ([list]) => extreme(items(list), 'min', -1),
        tree,
      )
      .member('max', `list_${name}_max_${name}`, [listOf(type)], type, ([list]) => extreme(items(list), 'max', 1), tree)
    table.member('sort', `list_${name}_sort`, [listOf(type)], listOf(type), ([list]) => sorted(items(list)), length)
  }
  const zeros: Readonly<Record<string, Value>> = {
    int: 0n,
    uint: new Uint(0n),
    double: new Double(0),
    duration: new Duration(0n),
  }
  for (const [name, type] of SUMMED) {
    table.member(
      'sum',
      `list_${name}_sum_${name}`,
      [listOf(type)],
      type,
      ([list]) => sum(items(list), zeros[name]),
      tree,
    )
  }
  return table
    .member(
      'indexOf',
      'list_a_index_of_int',
      [listOf(T), T],
      INT,
      ([list, item]) => {
        return BigInt(items(list).findIndex((one) => equal(one, item)))
      },
      tree,
    )
    .member(
      'lastIndexOf',
      'list_a_last_index_of_int',
      [listOf(T), T],
      INT,
      ([list, item]) => {
        return BigInt(items(list).findLastIndex((one) => equal(one, item)))
      },
      tree,
    )
    .member(
      'slice',
      'list_slice',
      [listOf(T), INT, INT],
      listOf(T),
      ([list, start, end]) => slice(list, start, end),
      length,
    )
    .member('flatten', 'list_flatten', [listOf(listOf(T))], listOf(T), ([list]) => flatten(items(list), 1), length)
    .member(
      'flatten',
      'list_flatten_int',
      [listOf(DYN), INT],
      listOf(DYN),
      ([list, depth]) => {
        if ((depth as bigint) < 0n) throw new EvalError('level must be non-negative')
        return flatten(items(list), Number(depth))
      },
      length,
    )
    .member(
      'distinct',
      'list_distinct',
      [listOf(T)],
      listOf(T),
      ([list]) => distinct(items(list)),
      ([list]) => sizeOf(list) ** 2,
    )
    .member('reverse', 'list_reverse', [listOf(T)], listOf(T), ([list]) => items(list).toReversed(), length)
    .member('first', 'list_first', [listOf(T)], optionalOf(T), ([list]) => at(items(list), 0))
    .member('last', 'list_last', [listOf(T)], optionalOf(T), ([list]) => at(items(list), -1))
    .global(
      'lists.range',
      'lists_range',
      [INT],
      listOf(INT),
      ([count]) => range(count as bigint),
      (_, list) => Math.max(1, sizeOf(list)),
    )
    .global('sets.contains', 'list_sets_contains_list', [listOf(T), listOf(T)], BOOL, ([a, b]) => covers(a, b), product)
    .global(
      'sets.equivalent',
      'list_sets_equivalent_list',
      [listOf(T), listOf(T)],
      BOOL,
      ([a, b]) => covers(a, b) && covers(b, a),
      product,
    )
    .global(
      'sets.intersects',
      'list_sets_intersects_list',
      [listOf(T), listOf(T)],
      BOOL,
      ([a, b]) => {
        return items(a).some((one) => items(b).some((other) => equal(one, other)))
      },
      product,
    ).functions
}

function isSorted(list: readonly Value[]): boolean {
  return list.every((item, i) => i === 0 || compare(list[i - 1], item) <= 0)
}

function sorted(list: readonly Value[]): Value[] {
  return list.toSorted(compare)
}

function extreme(list: readonly Value[], name: string, sign: number): Value {
  if (list.length === 0) throw new EvalError(`${name} called on empty list`)
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best))
}

function sum(list: readonly Value[], zero: Value): Value {
  return list.reduce((total, item) => {
    if (typeof total === 'bigint' && typeof item === 'bigint') return toInt(total + item)
    if (total instanceof Uint && item instanceof Uint) return toUint(total.value + item.value)
    if (total instanceof Double && item instanceof Double) return new Double(total.value + item.value)
    if (total instanceof Duration && item instanceof Duration) return durationOf(total.nanos + item.nanos)
    // An empty list of who knows what starts as an int.
    if (total === 0n) return item
    throw noSuchOverload()
  }, zero)
}

function slice(list: Value, start: Value, end: Value): Value[] {
  const [from, to, all] = [Number(start), Number(end), items(list)]
  const what = `cannot slice(${from}, ${to})`
  if (from < 0 || to < 0) throw new EvalError(`${what}, negative indexes not supported`)
  if (from > to) throw new EvalError(`${what}, start index must be less than or equal to end index`)
  if (to > all.length) throw new EvalError(`${what}, list is length ${all.length}`)
  return all.slice(from, to)
}

function flatten(list: readonly Value[], depth: number): Value[] {
  if (depth === 0) return [...list]
  return list.flatMap((item) => (Array.isArray(item) ? flatten(item.map(adapt), depth - 1) : [item]))
}

function distinct(list: readonly Value[]): Value[] {
  const kept: Value[] = []
  for (const item of list) if (!kept.some((one) => equal(one, item))) kept.push(item)
  return kept
}

function at(list: readonly Value[], index: number): Optional {
  const item = list.at(index)
  return item === undefined ? Optional.none : Optional.of(item)
}

/** More would be no list that anybody wants. */
const RANGE_MAX = 1_000_000n

function range(count: bigint): Value[] {
  if (count > RANGE_MAX) throw new EvalError(`lists.range: size ${count} exceeds limit ${RANGE_MAX}`)
  return Array.from({ length: Math.max(0, Number(count)) }, (_, i) => BigInt(i))
}

function covers(a: Value, b: Value): boolean {
  const all = items(a)
  return items(b).every((wanted) => all.some((one) => equal(one, wanted)))
}

function product([a, b]: readonly Value[]): number {
  return Math.max(1, sizeOf(a) * sizeOf(b))
}
