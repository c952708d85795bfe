import type { Namespace } from './v1.ts'

/** Every Namespace can be chosen by its name through a label. */
export function namespaceDefaults({ metadata }: Namespace): void {
  if (metadata.name !== undefined)
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name }
}
