import type { KubeObject } from '../../api/meta/kind.ts'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { RoleBindings } from '../../api/rbac/role-binding.ts'
import { Roles } from '../../api/rbac/role.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding, Subject } from '../../api/rbac/v1.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Identity } from '../authn/identity.ts'
import type { Authorizer, Ruling } from './permit.ts'
import type { Question } from './question.ts'
import { allows } from './rules.ts'
import type { Rule } from './rules.ts'

/** What a binding gives to one of its subjects. */
interface Grant {
  readonly binding: string
  /** Empty for a ClusterRoleBinding: everywhere. */
  readonly namespace: string
  readonly role: RoleName
  readonly subject: string
}

interface RoleName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** The rules of a grant, looked up. `missing` says which role is not there. */
interface Resolved {
  readonly grant: Grant
  readonly rules: readonly Rule[]
  readonly missing: string | undefined
}

/** Everything that one identity has, by where it has it; good until a role or a binding changes. */
interface Holdings {
  readonly generation: number
  readonly everywhere: readonly Resolved[]
  readonly byNamespace: ReadonlyMap<string, readonly Resolved[]>
}

/** What an identity may do in a place, and which roles could not be found. */
export interface Rights {
  readonly rules: readonly Rule[]
  readonly missing: readonly string[]
}

const NOTHING: readonly Resolved[] = []
const NO_OPINION: Ruling = { decision: 'no-opinion', reason: '' }

/**
 * Roles and bindings, indexed by whom they concern and kept current, so that a ruling costs what the identity holds, not
 * what the cluster has.
 */
export class Rbac {
  readonly #roles = new Map<string, readonly Rule[]>()
  /** By subject, then by binding. */
  readonly #grants = new Map<string, Map<string, Grant>>()
  readonly #holdings = new WeakMap<Identity, Holdings>()
  readonly #subscriptions: (() => void)[]
  #generation = 0

  constructor(objects: ObjectReader) {
    this.#subscriptions = [
      this.#follow<Role>(objects, Roles, (role, previous) => this.#setRole('Role', role, previous)),
      this.#follow<ClusterRole>(objects, ClusterRoles, (role, previous) =>
        this.#setRole('ClusterRole', role, previous),
      ),
      this.#follow<RoleBinding>(objects, RoleBindings, (binding, previous) => this.#setBinding(binding, previous)),
      this.#follow<ClusterRoleBinding>(objects, ClusterRoleBindings, (binding, previous) =>
        this.#setBinding(binding, previous),
      ),
    ]
  }

  /** Stops following changes. */
  close(): void {
    for (const stop of this.#subscriptions) stop()
  }

  readonly authorizer: Authorizer = (identity, question) => {
    const { everywhere, byNamespace } = this.#holdingsOf(identity)
    const here =
      question.resource && question.namespace !== '' ? (byNamespace.get(question.namespace) ?? NOTHING) : NOTHING
    return ruling(everywhere, question) ?? ruling(here, question) ?? refusal([...everywhere, ...here])
  }

  /** All that an identity may do in a namespace; with an empty one, what it may do everywhere. */
  rightsOf(identity: Identity, namespace: string): Rights {
    const { everywhere, byNamespace } = this.#holdingsOf(identity)
    const resolved = namespace === '' ? everywhere : [...everywhere, ...(byNamespace.get(namespace) ?? NOTHING)]
    return { rules: resolved.flatMap(({ rules }) => rules), missing: missingIn(resolved) }
  }

  /** The rules of the role that a binding in `namespace` names; undefined when there is no such role. */
  rulesOf(role: { readonly kind: string; readonly name: string }, namespace: string): readonly Rule[] | undefined {
    return this.#roles.get(roleKey(roleName(role, namespace)))
  }

  #holdingsOf(identity: Identity): Holdings {
    const known = this.#holdings.get(identity)
    if (known?.generation === this.#generation) return known
    const everywhere: Resolved[] = []
    const byNamespace = new Map<string, Resolved[]>()
    for (const subject of subjectsOf(identity)) {
      for (const grant of this.#grants.get(subject)?.values() ?? []) {
        const rules = this.#roles.get(roleKey(grant.role))
        const missing = rules === undefined ? missingRole(grant.role) : undefined
        const resolved: Resolved = { grant, rules: rules ?? [], missing }
        if (grant.namespace === '') everywhere.push(resolved)
        else pushTo(byNamespace, grant.namespace, resolved)
      }
    }
    const holdings: Holdings = { generation: this.#generation, everywhere, byNamespace }
    this.#holdings.set(identity, holdings)
    return holdings
  }

  #follow<T extends KubeObject>(
    objects: ObjectReader,
    kind: Parameters<typeof objects.list<T>>[0],
    apply: (object: T | undefined, previous: T | undefined) => void,
  ): () => void {
    const stop = objects.onChange<T>(kind, apply)
    for (const object of objects.list<T>(kind)) apply(object, undefined)
    return stop
  }

  #setRole(kind: string, role: Role | ClusterRole | undefined, previous: Role | ClusterRole | undefined): void {
    const { namespace = '', name } = (role ?? previous)!.metadata
    const key = roleKey({ kind, namespace, name })
    if (role === undefined) this.#roles.delete(key)
    else this.#roles.set(key, role.rules ?? [])
    this.#generation++
  }

  #setBinding(
    binding: RoleBinding | ClusterRoleBinding | undefined,
    previous: RoleBinding | ClusterRoleBinding | undefined,
  ): void {
    const key = bindingKey((binding ?? previous)!)
    for (const subject of previous?.subjects ?? []) {
      const id = subjectKey(subject, previous!.metadata.namespace)
      const grants = this.#grants.get(id)
      grants?.delete(key)
      if (grants?.size === 0) this.#grants.delete(id)
    }
    for (const subject of binding?.subjects ?? []) {
      const id = subjectKey(subject, binding!.metadata.namespace)
      const grants = this.#grants.get(id) ?? new Map<string, Grant>()
      this.#grants.set(id, grants.set(key, grantOf(binding!, subject)))
    }
    this.#generation++
  }
}

/** Who an identity is to bindings. */
function subjectsOf({ username, groups }: Identity): string[] {
  return [`User ${username}`, ...groups.map((group) => `Group ${group}`)]
}

/** The same for a subject of a binding: a ServiceAccount is a user with a certain name. */
function subjectKey({ kind, name, namespace }: Subject, bindingNamespace = ''): string {
  if (kind !== 'ServiceAccount') return `${kind} ${name}`
  return `User system:serviceaccount:${namespaceOf(namespace, bindingNamespace)}:${name}`
}

function namespaceOf(namespace: string | undefined, fallback: string): string {
  return namespace === undefined || namespace === '' ? fallback : namespace
}

function grantOf(binding: RoleBinding | ClusterRoleBinding, subject: Subject): Grant {
  const { name, namespace = '' } = binding.metadata
  return {
    binding: namespace === '' ? `ClusterRoleBinding ${quoted(name)}` : `RoleBinding ${quoted(`${name}/${namespace}`)}`,
    namespace,
    role: roleName(binding.roleRef, namespace),
    subject:
      subject.kind === 'ServiceAccount'
        ? `ServiceAccount ${quoted(`${subject.name}/${namespaceOf(subject.namespace, namespace)}`)}`
        : `${subject.kind} ${quoted(subject.name)}`,
  }
}

function roleName({ kind, name }: { readonly kind: string; readonly name: string }, namespace: string): RoleName {
  return { kind, namespace: kind === 'Role' ? namespace : '', name }
}

function roleKey({ kind, namespace, name }: RoleName): string {
  return `${kind} ${namespace}/${name}`
}

function bindingKey({ metadata: { namespace = '', name } }: RoleBinding | ClusterRoleBinding): string {
  return `${namespace}/${name}`
}

function ruling(held: readonly Resolved[], question: Question): Ruling | undefined {
  for (const { grant, rules } of held) {
    for (const rule of rules) {
      if (!allows(rule, question)) continue
      const reason = `RBAC: allowed by ${grant.binding} of ${grant.role.kind} ${quoted(grant.role.name)} to ${grant.subject}`
      return { decision: 'allow', reason }
    }
  }
  return undefined
}

function refusal(held: readonly Resolved[]): Ruling {
  const missing = missingIn(held)
  if (missing.length === 0) return NO_OPINION
  return { decision: 'no-opinion', reason: `RBAC: ${missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`}` }
}

function missingIn(held: readonly Resolved[]): string[] {
  return [...new Set(held.flatMap(({ missing }) => missing ?? []))]
}

function missingRole({ kind, name }: RoleName): string {
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${quoted(name)} not found`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
