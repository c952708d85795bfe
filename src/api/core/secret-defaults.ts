import type { Secret } from './v1.ts'

/** What was written as plain text becomes data; it is never read back. */
export function secretDefaults(secret: Secret): void {
  if (secret.stringData === undefined) return
  secret.data ??= {}
  for (const [key, text] of Object.entries(secret.stringData)) {
    // Keys may be called `__proto__`.
    const value = Buffer.from(text).toString('base64')
    Object.defineProperty(secret.data, key, { value, writable: true, enumerable: true, configurable: true })
  }
  delete secret.stringData
}
