import { defineKind } from '../meta/kind.ts'
import { FlowSchema } from './v1.ts'

/** flowschemas of flowcontrol.apiserver.k8s.io, v1. */
export const FlowSchemas = defineKind(FlowSchema, {
  plural: 'flowschemas',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
