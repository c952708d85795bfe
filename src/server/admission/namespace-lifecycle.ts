import { Namespaces } from '../../api/core/namespace.ts'
import { WherryError } from '../../lib/errors.ts'
import type { AdmissionPlugin, ObjectReader } from './admission.ts'
import { forbidden } from './refusal.ts'

/** Namespaces that the cluster itself needs. */
const PROTECTED = new Set(['default', 'kube-system', 'kube-public'])

/** Lets nothing into a namespace that is not there or that is going away, and keeps those that must stay. */
export function namespaceLifecycle(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: ({ operation, kind, target }) =>
      kind === Namespaces
        ? operation === 'DELETE'
        : target.namespace !== '' && operation !== 'DELETE' && kind.plural !== 'localsubjectaccessreviews',
    validate(attempt) {
      const { operation, kind, target } = attempt
      if (kind === Namespaces) {
        if (PROTECTED.has(target.name)) throw forbidden(attempt, 'this namespace may not be deleted')
        return
      }
      const name = target.namespace
      const namespace = reader.get(Namespaces, { name })
      if (namespace === undefined) {
        throw new WherryError('not-found', `namespaces "${name}" not found`, {
          hint: `Create it with \`kubectl create namespace ${name}\`.`,
          details: { name, kind: 'namespaces' },
        })
      }
      if (operation !== 'CREATE' || namespace.status.phase !== 'Terminating') return
      throw forbidden(attempt, `unable to create new content in namespace ${name} because it is being terminated`, {
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${name} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      })
    },
  }
}
