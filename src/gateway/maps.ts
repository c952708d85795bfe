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

/** More changes than these are had sooner by a whole new content. */
const CHANGES_MAX = 64
/** What may stand in a command as it is: a command ends at a semicolon, and a backslash takes the next sign as it is. */
const PLAIN = /^[\w.*/%~@:=+,-]+$/

/**
 * The commands that bring a map in HAProxy from one content to another, entry by entry: what is new before what goes.
 * Undefined where it has to be replaced as a whole.
 */
export function mapCommands(file: string, before: string | undefined, after: string): readonly string[] | undefined {
  if (before === undefined) return undefined
  const [old, wanted] = [entriesOf(before), entriesOf(after)]
  const commands: string[] = []
  const touched: string[] = []
  for (const [key, value] of wanted) {
    if (old.get(key) === value) continue
    touched.push(key)
    commands.push(`${old.has(key) ? 'set' : 'add'} map ${file} ${key} ${value}`)
  }
  for (const key of old.keys()) {
    if (wanted.has(key)) continue
    touched.push(key)
    commands.push(`del map ${file} ${key}`)
  }
  return touched.length <= CHANGES_MAX && touched.every((key) => PLAIN.test(key)) ? commands : undefined
}

function entriesOf(content: string): Map<string, string> {
  const lines = content === '' ? [] : content.split('\n')
  return new Map(
    lines.map((line) => {
      const space = line.indexOf(' ')
      return [line.slice(0, space), line.slice(space + 1)]
    }),
  )
}
