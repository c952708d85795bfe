/** A host name, or the wildcard of one. */
export const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/
/** What a request line can hold. Anything else could never match, and must not reach a configuration file. */
export const PATH = /^\/[\u0021-\u007e]{0,2047}$/

/** Text of somebody else's, short and harmless enough for a message. */
export function printable(text: string): string {
  return text.slice(0, 80).replaceAll(/[^\u0020-\u007e]/g, '?')
}
