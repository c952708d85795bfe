import { age, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { IngressClass } from './v1.ts'
import { validateIngressClass, validateIngressClassUpdate } from './ingress-validation.ts'

/** ingressclasses of networking.k8s.io, v1. */
export const IngressClasses = defineKind(IngressClass, {
  plural: 'ingressclasses',
  namespaced: false,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
  columns: [
    text('Controller', 'Who serves Ingresses of this class.', ({ spec }) => spec.controller),
    text('Parameters', 'The object with its settings.', ({ spec: { parameters } }) =>
      orNone(
        parameters && `${parameters.kind}${parameters.apiGroup ? `.${parameters.apiGroup}` : ''}/${parameters.name}`,
      ),
    ),
    age,
  ],
})
