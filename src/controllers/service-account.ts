import { Namespaces } from '../api/core/namespace.ts'
import { ServiceAccounts } from '../api/core/service-account.ts'
import type { Namespace, ServiceAccount } from '../api/core/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'

const DEFAULT = 'default'

/** Gives every namespace the account that Pods use when they name none. */
export const serviceAccountController: Controller<Namespace> = {
  name: 'service-account',
  component: 'serviceaccount-controller',
  owner: Namespaces,
  reads: [
    {
      kind: ServiceAccounts,
      matters: (account: ServiceAccount | undefined) => account === undefined,
      owners: ({ metadata: { name, namespace = '' } }: ServiceAccount) =>
        name === DEFAULT ? [{ name: namespace }] : [],
    },
  ],
  writes: [ServiceAccounts],
  async reconcile(namespace, cluster) {
    const { name } = namespace.metadata
    if (namespace.status.phase === 'Terminating' || namespace.metadata.deletionTimestamp !== undefined) return
    if (cluster.cache(ServiceAccounts).get({ namespace: name, name: DEFAULT }) !== undefined) return
    try {
      await cluster.create(ServiceAccounts, { metadata: { namespace: name, name: DEFAULT, ownerReferences: [] } })
    } catch (error) {
      if (!isEnding(error) && !isWherryError(error, 'already-exists')) throw error
    }
  },
}
