import { ConfigMaps } from '../api/core/config-map.ts'
import { Namespaces } from '../api/core/namespace.ts'
import type { ConfigMap, Namespace } from '../api/core/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { sameJson } from '../lib/patch/json.ts'
import type { Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION = 'kubernetes.io/description'
const WHAT_FOR =
  'Holds the certificate authority by which programs in this namespace verify the API server at its address in the cluster. Nothing else is promised of it.'

/** Puts the certificate by which Pods know the API server into every namespace, and puts it right when it was changed. */
export function rootCaController(rootCa: string): Controller<Namespace> {
  return {
    name: 'root-ca',
    component: 'root-ca-cert-publisher',
    owner: Namespaces,
    reads: [
      {
        kind: ConfigMaps,
        owners: ({ metadata: { name, namespace = '' } }: ConfigMap) => (name === NAME ? [{ name: namespace }] : []),
      },
    ],
    writes: [ConfigMaps],
    async reconcile(namespace, cluster) {
      if (namespace.status.phase === 'Terminating' || namespace.metadata.deletionTimestamp !== undefined) return
      const ref = { namespace: namespace.metadata.name, name: NAME }
      const data = { 'ca.crt': rootCa }
      const found = cluster.cache(ConfigMaps).get(ref)
      if (found === undefined) {
        try {
          const metadata = { ...ref, annotations: { [DESCRIPTION]: WHAT_FOR }, ownerReferences: [] }
          await cluster.create(ConfigMaps, { metadata, data })
        } catch (error) {
          if (!isEnding(error) && !isWherryError(error, 'already-exists')) throw error
        }
        return
      }
      const { annotations = {} } = found.metadata
      if (sameJson(found.data, data) && annotations[DESCRIPTION]) return
      const metadata = { ...found.metadata, annotations: { ...annotations, [DESCRIPTION]: WHAT_FOR } }
      await cluster.update(ConfigMaps, { ...found, metadata, data })
    },
  }
}
