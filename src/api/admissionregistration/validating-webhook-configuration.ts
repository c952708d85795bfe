import { defineKind } from '../meta/kind.ts'
import { ValidatingWebhookConfiguration } from './v1.ts'

/** validatingwebhookconfigurations of admissionregistration.k8s.io, v1. */
export const ValidatingWebhookConfigurations = defineKind(ValidatingWebhookConfiguration, {
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
})
