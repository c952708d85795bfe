import { defineKind } from '../meta/kind.ts'
import { IngressClass } from './v1.ts'

/** ingressclasses of networking.k8s.io, v1. */
export const IngressClasses = defineKind(IngressClass, {
  plural: 'ingressclasses',
  namespaced: false,
})
