import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js'
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js'
import type { Environment } from './environment.ts'
import { CompileError, EvalError } from './errors.ts'
import { kubernetesFunctions } from './kubernetes.ts'
import { compileProgram, compileUnchecked } from './program.ts'
import type { Type } from './types.ts'
import * as t from './types.ts'
import { Double, Duration, EntryMap, equal, Timestamp, TypeValue, typeOf, Uint } from './values.ts'
import type { Value } from './values.ts'

/** Parts of the specification that Kubernetes leaves out: messages of protobuf, enums and some extensions. */
const LEFT_OUT =
  /^(bindings_ext|block_ext|encoders_ext|enums|math_ext|proto\d.*|wrappers|dynamic|unknowns|network_ext|type_deduction)/

/** Whatever names a message, or asks for what only some environments have. */
const FOREIGN =
  /TestAllTypes|google\.protobuf\.(?!Timestamp\b|Duration\b)|GlobalEnum|objectValue|container|wrapper|messageType|proto[23]|cel\.(bind|block|iterVar)|[^.]\bfn\(|abstractType/

/** Tests of how texts are formatted since version 4 of the extension: Kubernetes stays with version 2. */
const NEWER =
  /^((positive|negative) infinity support|NaN support for decimal|(list|map) support|dyntype (NaN|support for (lists|maps)))/

interface Spec {
  readonly name: string
  readonly expr: string
  readonly value?: Json
  readonly evalError?: object
  readonly typedResult?: { readonly result?: Json; readonly deducedType?: object }
  readonly disableCheck?: boolean
  readonly checkOnly?: boolean
  readonly bindings?: Readonly<Record<string, { readonly value: Json }>>
  readonly typeEnv?: readonly { readonly name: string; readonly ident?: { readonly type: Json } }[]
}

type Json = Readonly<Record<string, any>>

interface Suite {
  readonly name: string
  readonly tests?: readonly { readonly original: unknown }[]
  readonly suites?: readonly Suite[]
}

function valueOf(json: Json): Value {
  const [[kind, value] = ['nullValue', null]] = Object.entries(json)
  switch (kind) {
    case 'nullValue':
      return null
    case 'int64Value':
      return BigInt(value)
    case 'uint64Value':
      return new Uint(BigInt(value))
    case 'doubleValue':
      return new Double(Number(String(value).replace('-Infinity', '-Infinity')))
    case 'bytesValue':
      return new Uint8Array(Buffer.from(value, 'base64'))
    case 'listValue':
      return (value.values ?? []).map(valueOf)
    case 'typeValue':
      return new TypeValue({ ...t.DYN, kind: kindOfType(value), name: value })
    case 'mapValue': {
      const map = new EntryMap()
      for (const { key, value: one } of value.entries ?? []) map.add(valueOf(key), valueOf(one))
      return map
    }
    case 'objectValue': {
      if (String(value['@type']).endsWith('Timestamp')) return new Timestamp(nanosOfTime(value.value))
      return new Duration(BigInt(Math.round(Number(value.value.slice(0, -1)) * 1e3)) * 1_000_000n)
    }
    default:
      return value
  }
}

function nanosOfTime(text: string): bigint {
  return BigInt(Date.parse(text)) * 1_000_000n
}

const NAMED: Readonly<Record<string, Type['kind']>> = {
  null_type: 'null',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  optional_type: 'optional',
}
const kindOfType = (name: string): Type['kind'] => NAMED[name] ?? (name as Type['kind'])

const PRIMITIVES: Readonly<Record<string, Type>> = {
  BOOL: t.BOOL,
  INT64: t.INT,
  UINT64: t.UINT,
  DOUBLE: t.DOUBLE,
  STRING: t.STRING,
  BYTES: t.BYTES,
}

function typeFrom(json: Json): Type {
  if (json['primitive'] !== undefined) return PRIMITIVES[json['primitive']]!
  if (json['wellKnown'] !== undefined) return json['wellKnown'] === 'DURATION' ? t.DURATION : t.TIMESTAMP
  if (json['listType'] !== undefined) return t.listOf(typeFrom(json['listType'].elemType))
  if (json['mapType'] !== undefined)
    return t.mapOf(typeFrom(json['mapType'].keyType), typeFrom(json['mapType'].valueType))
  if (json['type'] !== undefined) return t.typeOfType(t.DYN)
  if ('null' in json) return t.NULL
  return t.DYN
}

function run(spec: Spec): Value {
  const environment: Environment = {
    functions: kubernetesFunctions,
    mixedLiterals: true,
    variables: new Map(
      (spec.typeEnv ?? []).flatMap(({ name, ident }) => (ident === undefined ? [] : [[name, typeFrom(ident.type)]])),
    ),
  }
  const program =
    spec.disableCheck === true ? compileUnchecked(spec.expr, environment) : compileProgram(spec.expr, environment)
  return program.run((name) => {
    const bound = spec.bindings?.[name]
    return bound === undefined ? undefined : valueOf(bound.value)
  }).value
}

/** A NaN is what it is, and not equal to itself. */
function same(a: Value, b: Value): boolean {
  if (a instanceof Double && b instanceof Double) return Object.is(a.value, b.value) || a.value === b.value
  return equal(a, b) && typeOf(a).kind === typeOf(b).kind
}

function failureOf(spec: Spec): string | undefined {
  const wanted =
    spec.value ??
    spec.typedResult?.result ??
    (spec.evalError === undefined && spec.checkOnly !== true ? { boolValue: true } : undefined)
  let got: Value
  try {
    got = run(spec)
  } catch (error) {
    if (!(error instanceof EvalError || error instanceof CompileError)) throw error
    return spec.evalError === undefined ? `${spec.expr}: ${error.message}` : undefined
  }
  if (spec.evalError !== undefined) return `${spec.expr}: gives ${String(got)}, not ${JSON.stringify(spec.evalError)}`
  if (wanted === undefined || same(got, valueOf(wanted))) return undefined
  return `${spec.expr}: gives ${String(got)} of type ${typeOf(got).name}, not ${JSON.stringify(wanted)}`
}

function* specsOf(suite: Suite): Iterable<Spec> {
  for (const { original } of suite.tests ?? []) yield original as Spec
  for (const inner of suite.suites ?? []) yield* specsOf(inner)
}

describe('the conformance tests of the CEL specification', () => {
  for (const suite of (tests as Suite).suites ?? []) {
    if (LEFT_OUT.test(suite.name)) continue
    it(suite.name, () => {
      const failures: string[] = []
      let count = 0
      for (const spec of specsOf(suite)) {
        if (FOREIGN.test(JSON.stringify(spec)) || NEWER.test(spec.name)) continue
        count++
        const failure = failureOf(spec)
        if (failure !== undefined) failures.push(`${spec.name}: ${failure}`)
      }
      assert.deepEqual(failures, [])
      assert.notEqual(count, 0)
    })
  }
})

describe('what the checker says', () => {
  it('is what others say', () => {
    const environment = { functions: kubernetesFunctions, variables: new Map(), mixedLiterals: true }
    const failures: string[] = []
    let count = 0
    for (const { original, error } of errorsOf(parsing as Suite)) {
      const { expr } = original as Spec
      // Syntax errors are recovered from in other ways, and `existsOne` is younger than these tests.
      if (!error.startsWith('ERROR: <input>') || expr.includes('existsOne')) continue
      count++
      try {
        compileProgram(expr, environment)
        failures.push(`${expr}: compiles`)
      } catch (thrown) {
        if (!(thrown instanceof CompileError)) throw thrown
        if (thrown.message !== error) failures.push(`${expr}: ${thrown.message}, not ${error}`)
      }
    }
    assert.deepEqual(failures, [])
    assert.notEqual(count, 0)
  })
})

interface ErrorCase {
  readonly original: unknown
  readonly error: string
}

function* errorsOf(suite: Suite): Iterable<ErrorCase> {
  for (const one of suite.tests ?? []) if ('error' in one) yield one as ErrorCase
  for (const inner of suite.suites ?? []) yield* errorsOf(inner)
}
