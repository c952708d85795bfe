/** A map as HAProxy reads it: a key, a space, a value on each line. Keys hold only what `planGateway` has checked. */
export function mapLines(entries: Iterable<readonly [string, string]>): readonly string[] {
  return [...entries].map(([key, value]) => `${key} ${value}`).toSorted()
}

/** Payloads of the runtime API must fit into one of HAProxy's buffers (16 KB by default). */
const PAYLOAD_BYTES_MAX = 8 * 1024

/** Lines in portions that one command can carry. */
export function portions(lines: readonly string[]): readonly (readonly string[])[] {
  const result: string[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const line of lines) {
    if (size + line.length + 1 > PAYLOAD_BYTES_MAX) {
      result.push([])
      size = 0
    }
    result.at(-1)!.push(line)
    size += line.length + 1
  }
  return result
}
