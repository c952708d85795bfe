import type { PolicyRule, Subject } from '../../api/rbac/v1.ts'
import { CONTROLLER_ROLES } from './default-controller-roles.ts'
import { EVENTS, READ, rule } from './default-rules.ts'

const RBAC = 'rbac.authorization.k8s.io'

/** The identities under which the parts of our own control plane call the API. */
export const CONTROLLER_MANAGER = 'system:kube-controller-manager'
export const SCHEDULER = 'system:kube-scheduler'

const group = (name: string): Subject => ({ kind: 'Group', apiGroup: RBAC, name })
const user = (name: string): Subject => ({ kind: 'User', apiGroup: RBAC, name })
const account = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })

const EVERYBODY = [group('system:authenticated'), group('system:unauthenticated')]

/** Who has which ClusterRole everywhere, by the name of the role, which is also that of the binding. */
export const DEFAULT_CLUSTER_ROLE_BINDINGS: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [group('system:nodes')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [user(CONTROLLER_MANAGER)],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': [user(SCHEDULER)],
  'system:monitoring': [group('system:monitoring')],
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': EVERYBODY,
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [user(SCHEDULER)],
  'system:wherry:agent': [group('system:nodes')],
  ...Object.fromEntries(
    Object.keys(CONTROLLER_ROLES).map((name) => [
      `system:controller:${name}`,
      [account(name), user(CONTROLLER_MANAGER)],
    ]),
  ),
}

/** A Role that every cluster has, and who has it. */
export interface DefaultRole {
  readonly namespace: string
  readonly name: string
  readonly rules: readonly PolicyRule[]
  /** Undefined: nobody is bound to it by default. */
  readonly subjects?: readonly Subject[]
}

const LEADER_LEASES = [rule('create get list update watch', 'coordination.k8s.io', 'leases')]

/** The Roles in the namespaces of the system; a binding has the name of its role. */
export const DEFAULT_ROLES: readonly DefaultRole[] = [
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: [rule(READ, '', 'configmaps', 'extension-apiserver-authentication')],
    subjects: [user(CONTROLLER_MANAGER), user(SCHEDULER)],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-controller-manager',
    rules: LEADER_LEASES,
    subjects: [user(CONTROLLER_MANAGER), account('kube-controller-manager')],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-scheduler',
    rules: LEADER_LEASES,
    subjects: [user(SCHEDULER), account('kube-scheduler')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:bootstrap-signer',
    rules: [rule(READ, '', 'secrets')],
    subjects: [account('bootstrap-signer')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: [rule('create get list watch', '', 'configmaps')],
    subjects: [account('cloud-provider')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: [rule('delete get list watch', '', 'secrets'), EVENTS],
    subjects: [account('token-cleaner')],
  },
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: [rule(READ, '', 'configmaps'), rule('update', '', 'configmaps', 'cluster-info'), EVENTS],
    subjects: [account('bootstrap-signer')],
  },
]
