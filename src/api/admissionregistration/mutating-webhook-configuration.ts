import { count } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { MutatingWebhookConfiguration } from './v1.ts'
import { validateWebhooks } from './webhook-validation.ts'

/** mutatingwebhookconfigurations of admissionregistration.k8s.io, v1. */
export const MutatingWebhookConfigurations = defineKind(MutatingWebhookConfiguration, {
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  validate: validateWebhooks,
  checkExpressions: async (object, old, problems) => {
    if (!object.webhooks?.some(({ matchConditions = [] }) => matchConditions.length > 0)) return
    const { checkHookExpressions } = await import('./expression-validation.ts')
    checkHookExpressions(object, old, problems)
  },
  columns: [count('Webhooks', 'How many hooks it has.', ({ webhooks }) => webhooks?.length)],
})
