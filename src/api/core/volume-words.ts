const SHORT: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

/** Access modes as `kubectl get` shortens them, in a fixed order. */
export function accessModes(modes: readonly string[] = []): string {
  return Object.keys(SHORT)
    .filter((mode) => modes.includes(mode))
    .map((mode) => SHORT[mode])
    .join(',')
}

/** The storage class of a volume or claim: an old annotation has a say before the field. */
export function storageClassOf(
  annotations: Readonly<Record<string, string>> | undefined,
  name: string | undefined,
): string {
  return annotations?.['volume.beta.kubernetes.io/storage-class'] ?? name ?? ''
}
