import { text } from '../meta/columns.ts'
import { hasRules } from '../custom/has-rules.ts'
import { defineKind } from '../meta/kind.ts'
import { customResourceDefinitionDefaults } from './custom-resource-definition-defaults.ts'
import {
  validateDefinition,
  validateDefinitionCreate,
  validateDefinitionUpdate,
} from './custom-resource-definition-validation.ts'
import { CustomResourceDefinition } from './v1.ts'

/** customresourcedefinitions of apiextensions.k8s.io, v1. */
export const CustomResourceDefinitions = defineKind(CustomResourceDefinition, {
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: customResourceDefinitionDefaults,
  validate: validateDefinition,
  validateCreate: validateDefinitionCreate,
  validateUpdate: validateDefinitionUpdate,
  checkExpressions: (definition, old, problems) => {
    const schemas = definition.spec.versions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? [])
    if (!schemas.some(hasRules)) return undefined
    return import('../custom/rule-definitions.ts').then(({ checkRuleDefinitions }) =>
      checkRuleDefinitions(definition, old, problems),
    )
  },
  columns: [text('Created At', 'When it was created.', ({ metadata }) => metadata.creationTimestamp)],
})
