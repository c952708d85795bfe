import { count } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ConfigMap } from './v1.ts'
import { validateConfigMap, validateConfigMapUpdate } from './validation/data.ts'

/** configmaps, v1. */
export const ConfigMaps = defineKind(ConfigMap, {
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [
    count('Data', 'How many entries it has.', ({ data, binaryData }) =>
      [data, binaryData].reduce((sum, one) => sum + Object.keys(one ?? {}).length, 0),
    ),
  ],
})
