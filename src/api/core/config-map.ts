import { count } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ConfigMap } from './v1.ts'

/** configmaps, v1. */
export const ConfigMaps = defineKind(ConfigMap, {
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  columns: [
    count('Data', 'How many entries it has.', ({ data, binaryData }) =>
      [data, binaryData].reduce((sum, one) => sum + Object.keys(one ?? {}).length, 0),
    ),
  ],
})
