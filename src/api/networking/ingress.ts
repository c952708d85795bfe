import { age, orNone, someOf, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { Ingress } from './v1.ts'
import { validateIngress, validateIngressCreate } from './ingress-validation.ts'

/** ingresses of networking.k8s.io, v1. */
export const Ingresses = defineKind(Ingress, {
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  validate: validateIngress,
  validateCreate: validateIngressCreate,
  columns: [
    text('Class', 'Who serves it.', ({ spec }) => orNone(spec.ingressClassName)),
    text('Hosts', 'The hosts that it answers for.', ({ spec }) =>
      someOf(
        (spec.rules ?? []).map(({ host = '' }) => host).filter((host) => host !== ''),
        '*',
      ),
    ),
    text('Address', 'Where it can be reached.', ({ status }) =>
      (status.loadBalancer?.ingress ?? [])
        .map(({ ip = '', hostname = '' }) => (ip === '' ? hostname : ip))
        .filter((address) => address !== '')
        .join(','),
    ),
    text('Ports', 'The ports that it is served on.', ({ spec }) => ((spec.tls ?? []).length > 0 ? '80, 443' : '80')),
    age,
  ],
})
