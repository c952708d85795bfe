import { defineKind } from '../meta/kind.ts'
import { PriorityLevelConfiguration } from './v1.ts'

/** prioritylevelconfigurations of flowcontrol.apiserver.k8s.io, v1. */
export const PriorityLevelConfigurations = defineKind(PriorityLevelConfiguration, {
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
