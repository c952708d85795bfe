import type { PersistentVolumeClaim } from './v1.ts'

/** Two names for where the content comes from: each says what the other does, as far as it can. */
export function persistentVolumeClaimDefaults({ spec }: PersistentVolumeClaim): void {
  const { dataSource, dataSourceRef } = spec
  if (dataSource !== undefined && dataSourceRef === undefined) spec.dataSourceRef = { ...dataSource }
  else if (dataSource === undefined && dataSourceRef !== undefined && dataSourceRef.namespace === undefined) {
    const { apiGroup, kind, name } = dataSourceRef
    spec.dataSource = { ...(apiGroup === undefined ? {} : { apiGroup }), kind, name }
  }
}
