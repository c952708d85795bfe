import type { ParamKind, ParamRef } from '../../../api/admissionregistration/v1.ts'
import type { KubeObject } from '../../../api/meta/kind.ts'
import type { KindRegistry } from '../../../api/meta/registry.ts'
import { selects } from '../../../api/meta/selectors.ts'
import type { ObjectReader } from '../admission.ts'

/** The objects with settings that a binding names, one run for each; undefined stands for none where none are wanted. */
export type Params =
  | { readonly params: readonly (KubeObject | undefined)[] }
  | { readonly problem: string; /** The policy itself cannot work, whatever binds it. */ readonly ofPolicy?: true }

interface ParamSource {
  readonly reader: ObjectReader
  readonly kinds: () => KindRegistry
}

export async function collectParams(
  paramKind: ParamKind | undefined,
  paramRef: ParamRef | undefined,
  namespace: string,
  { reader, kinds }: ParamSource,
): Promise<Params> {
  if (paramKind === undefined || paramRef === undefined) return { params: [undefined] }
  const { apiVersion = '', kind: kindName = '' } = paramKind
  const [version = '', group = ''] = apiVersion.split('/').toReversed()
  const kind = await kinds().loadKindNamed(group, version, kindName)
  if (kind === undefined) {
    const name = `${group}/${version}, Kind=${kindName}`
    return { problem: `failed to find resource referenced by paramKind: '${name}'`, ofPolicy: true }
  }
  let where = ''
  if (kind.namespaced) {
    where = paramRef.namespace || namespace
    if (where === '') {
      return { problem: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources' }
    }
  } else if (paramRef.namespace) {
    return { problem: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' }
  }
  const params = find(
    paramRef,
    () => reader.list(kind, where),
    (one) => reader.get(kind, { namespace: where, name: one }),
  )
  if (params.length === 0 && paramRef.parameterNotFoundAction === 'Deny') {
    return { problem: 'no params found for policy binding with `Deny` parameterNotFoundAction' }
  }
  return { params }
}

function find(
  { name, selector }: ParamRef,
  list: () => readonly KubeObject[],
  get: (name: string) => KubeObject | undefined,
): readonly KubeObject[] {
  if (!name) return list().filter((one) => selects(selector, one.metadata.labels))
  const one = get(name)
  return one === undefined ? [] : [one]
}
