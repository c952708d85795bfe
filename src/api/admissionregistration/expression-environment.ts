import type { Environment } from '../../lib/cel/environment.ts'
import { CompileError } from '../../lib/cel/errors.ts'
import { FunctionTable } from '../../lib/cel/functions.ts'
import { kubernetesFunctions } from '../../lib/cel/kubernetes.ts'
import { AUTHORIZER, RESOURCE_CHECK } from '../../lib/cel/library/authorizer.ts'
import { jsonPatchLibrary } from '../../lib/cel/library/json-patch.ts'
import { compileProgram } from '../../lib/cel/program.ts'
import type { Program } from '../../lib/cel/program.ts'
import {
  BOOL, DYN, fullName, INT, listOf, mapOf, NULL, objectOf, objectType, sameType, STRING, TIMESTAMP,
} from '../../lib/cel/types.ts' // prettier-ignore
import type { Type } from '../../lib/cel/types.ts'

/** What an expression of admission can name beside `object`, `oldObject`, `request` and `namespaceObject`. */
export interface ExpressionScope {
  readonly params: boolean
  readonly authorizer: boolean
  /** It makes a change, and can write out objects and operations of a patch. */
  readonly patchTypes?: boolean
  /** The variables of its policy that come before it, by name. */
  readonly variables?: ReadonlyMap<string, Type>
  /** Types of `object` and `params` where they are known. */
  readonly object?: Type
  readonly paramsType?: Type
}

/** An expression that can run, or why it cannot. */
export type Compiled = { readonly program: Program } | { readonly problem: string }

/** Expressions that many policies and requests share are compiled once, as long as there are not too many of them. */
const COMPILED_MAX = 2000

const compiled = new Map<string, Compiled>()

/** Reads and checks an expression whose value has to be of one of some types; all will do when there are none. */
export function compileExpression(source: string, scope: ExpressionScope, wanted: readonly Type[]): Compiled {
  const { params, authorizer, patchTypes = false, variables, object, paramsType } = scope
  if (variables !== undefined || object !== undefined || paramsType !== undefined) return compile(source, scope, wanted)
  const key = JSON.stringify([params, authorizer, patchTypes, wanted.map(fullName), source])
  let result = compiled.get(key)
  if (result === undefined) {
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    compiled.set(key, (result = compile(source, scope, wanted)))
  }
  return result
}

function compile(source: string, scope: ExpressionScope, wanted: readonly Type[]): Compiled {
  let program: Program
  try {
    program = compileProgram(source, environmentOf(scope))
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    return { problem: `compilation failed: ${error.message}` }
  }
  if (wanted.length === 0 || wanted.some((type) => sameType(type, program.type))) return { program }
  const names = wanted.map(fullName)
  const what = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`
  return { problem: `must evaluate to ${what} but got ${fullName(program.type)}` }
}

function environmentOf(scope: ExpressionScope): Environment {
  const { params, authorizer, patchTypes = false, variables, object = DYN, paramsType = DYN } = scope
  return {
    functions: patchTypes ? patchFunctions : kubernetesFunctions,
    variables: new Map<string, Type>([
      ['object', object],
      ['oldObject', object],
      ['request', REQUEST],
      ['namespaceObject', NAMESPACE],
      ...(params ? [['params', paramsType] as const] : []),
      ...(authorizer
        ? ([
            ['authorizer', AUTHORIZER],
            ['authorizer.requestResource', RESOURCE_CHECK],
          ] as const)
        : []),
      ...(variables === undefined
        ? []
        : [['variables', objectType('kubernetes.variables', (name) => variables.get(name))] as const]),
    ]),
    ...(patchTypes ? { structType: patchType } : {}),
  }
}

const patchFunctions = FunctionTable.join(kubernetesFunctions, jsonPatchLibrary())

/** An operation of a JSON patch. */
export const JSON_PATCH: Type = objectOf('JSONPatch', { op: STRING, path: STRING, from: STRING, value: DYN })

/** The whole of a change as an apply would make it. */
export const APPLIED_OBJECT: Type = objectType('Object', () => DYN)

/** `Object.spec.template` is the type of what stands there. */
function patchType(name: string): Type | undefined {
  if (name === 'JSONPatch') return JSON_PATCH
  if (name === 'Object') return APPLIED_OBJECT
  return name.startsWith('Object.') ? objectType(name, () => DYN) : undefined
}

const KIND = objectOf('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING })
const RESOURCE = objectOf('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING })

const REQUEST = objectOf('kubernetes.AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: objectOf('kubernetes.UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
})

const NAMESPACE = objectOf('kubernetes.Namespace', {
  metadata: objectOf('kubernetes.NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: objectOf('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: objectOf('kubernetes.NamespaceStatus', {
    conditions: listOf(
      objectOf('kubernetes.NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    ),
    phase: STRING,
  }),
})

/** What the value of each sort of expression has to be. */
export const CONDITION_TYPES: readonly Type[] = [BOOL]
export const MESSAGE_TYPES: readonly Type[] = [STRING]
export const ANNOTATION_TYPES: readonly Type[] = [STRING, NULL]
export const APPLY_TYPES: readonly Type[] = [APPLIED_OBJECT]
export const PATCH_TYPES: readonly Type[] = [listOf(JSON_PATCH)]

/** Compiles variables one after the other: each may use those before it. */
export function compileVariables(
  list: readonly { readonly name: string; readonly expression: string }[],
  scope: ExpressionScope,
): { readonly types: Map<string, Type>; readonly compiled: ReadonlyMap<string, Compiled> } {
  const types = new Map<string, Type>()
  const results = new Map<string, Compiled>()
  for (const { name, expression } of list) {
    const result = compileExpression(expression, { ...scope, variables: types }, [])
    results.set(name, result)
    types.set(name, 'program' in result ? result.program.type : DYN)
  }
  return { types, compiled: results }
}
