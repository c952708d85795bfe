import { defineKind } from '../meta/kind.ts'
import { Ingress } from './v1.ts'

/** ingresses of networking.k8s.io, v1. */
export const Ingresses = defineKind(Ingress, {
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
