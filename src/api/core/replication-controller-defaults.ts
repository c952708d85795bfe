import { podSpecDefaults } from './pod-defaults.ts'
import type { ReplicationController } from './v1.ts'

/** What a ReplicationController leaves out: its template says which Pods it keeps. */
export function replicationControllerDefaults({ metadata, spec }: ReplicationController): void {
  if (spec.template === undefined) return
  podSpecDefaults(spec.template.spec)
  const { labels } = spec.template.metadata
  if (labels === undefined) return
  spec.selector ??= { ...labels }
  metadata.labels ??= { ...labels }
}
