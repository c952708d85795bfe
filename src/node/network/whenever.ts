import type { WatchCache } from '../../client/cache.ts'

/** Resolves when a condition holds of what a cache has; looks again with every change. */
export function whenever(
  cache: Pick<WatchCache<any>, 'onChange'>,
  holds: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (holds()) return Promise.resolve()
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = (): void => {
      stop()
      reject(signal.reason)
    }
    const stop = cache.onChange(() => {
      if (!holds()) return
      stop()
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
