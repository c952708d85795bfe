import { defineKind } from '../meta/kind.ts'
import { Node } from './v1.ts'

/** nodes, v1. */
export const Nodes = defineKind(Node, {
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'NodeProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
