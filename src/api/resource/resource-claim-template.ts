import { defineKind } from '../meta/kind.ts'
import { deviceRequestDefaults } from './device-request-defaults.ts'
import { ResourceClaimTemplate } from './v1.ts'

/** resourceclaimtemplates of resource.k8s.io, v1. */
export const ResourceClaimTemplates = defineKind(ResourceClaimTemplate, {
  plural: 'resourceclaimtemplates',
  namespaced: true,
  defaults: ({ spec }) => deviceRequestDefaults(spec.spec),
})
