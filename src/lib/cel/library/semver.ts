import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { BOOL, INT, opaque, STRING } from '../types.ts'
import type { Type } from '../types.ts'
import { Opaque } from '../values.ts'
import type { Value } from '../values.ts'
import { traversal } from './cost.ts'

const SEMVER = opaque('kubernetes.Semver')

class Semver extends Opaque {
  readonly type: Type = SEMVER
  readonly numbers: readonly [bigint, bigint, bigint]
  readonly before: readonly string[]

  constructor(numbers: readonly [bigint, bigint, bigint], before: readonly string[]) {
    super()
    this.numbers = numbers
    this.before = before
  }

  equals(other: Opaque): boolean {
    return other instanceof Semver && compareVersions(this, other) === 0
  }
}

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

function parse(text: string, normalize = false): Semver | undefined {
  const [, major, minor, patch, before] = VERSION.exec(normalize ? normalized(text) : text) ?? []
  if (major === undefined) return undefined
  return new Semver([BigInt(major), BigInt(minor!), BigInt(patch!)], before === undefined ? [] : before.split('.'))
}

/** Without a `v`, with all three numbers and no zeros in front of them. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/s.exec(text) ?? []
  const numbers = core.split('.').map((one) => one.replace(/^0+(?=\d)/, ''))
  // What comes before a release, or was built how, says nothing without all numbers.
  if (rest !== '' && numbers.length < 3) return text
  while (numbers.length < 3) numbers.push('0')
  return numbers.join('.') + rest
}

/** What comes before a release is older than it; numbers are older than names. */
function compareVersions(a: Semver, b: Semver): number {
  for (let i = 0; i < 3; i++) {
    const [left, right] = [a.numbers[i]!, b.numbers[i]!]
    if (left !== right) return left < right ? -1 : 1
  }
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length)
  for (let i = 0; i < Math.min(a.before.length, b.before.length); i++) {
    const order = comparePart(a.before[i]!, b.before[i]!)
    if (order !== 0) return order
  }
  return Math.sign(a.before.length - b.before.length)
}

function comparePart(a: string, b: string): number {
  if (a === b) return 0
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return BigInt(a) < BigInt(b) ? -1 : 1
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : 1
}

/** Versions by the rules of semver.org. */
export function semverLibrary(): Functions {
  const both = [SEMVER, SEMVER] as const
  const order = ([a, b]: readonly Value[]): number => compareVersions(a as Semver, b as Semver)
  const made = (text: Value, normalize = false): Semver => {
    const version = parse(text as string, normalize)
    if (version === undefined) throw new EvalError('No Major.Minor.Patch elements found')
    return version
  }
  return new FunctionTable()
    .global('semver', 'string_to_semver', [STRING], SEMVER, ([a]) => made(a), traversal())
    .global('semver', 'string_bool_to_semver', [STRING, BOOL], SEMVER, ([a, n]) => made(a, n as boolean), traversal())
    .global('isSemver', 'is_semver_string', [STRING], BOOL, ([a]) => parse(a as string) !== undefined, traversal())
    .global(
      'isSemver',
      'is_semver_string_bool',
      [STRING, BOOL],
      BOOL,
      ([a, n]) => parse(a as string, n as boolean) !== undefined,
      traversal(),
    )
    .member('isGreaterThan', 'semver_is_greater_than', both, BOOL, (args) => order(args) > 0)
    .member('isLessThan', 'semver_is_less_than', both, BOOL, (args) => order(args) < 0)
    .member('compareTo', 'semver_compare_to', both, INT, (args) => BigInt(order(args)))
    .member('major', 'semver_major', [SEMVER], INT, ([a]) => (a as Semver).numbers[0])
    .member('minor', 'semver_minor', [SEMVER], INT, ([a]) => (a as Semver).numbers[1])
    .member('patch', 'semver_patch', [SEMVER], INT, ([a]) => (a as Semver).numbers[2]).functions
}
