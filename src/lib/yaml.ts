import { dump, load, Schema, timestampTag, YAML11_SCHEMA, YAMLException } from 'js-yaml'
import { WherryError } from './errors.ts'

/** YAML 1.1 as Kubernetes reads it (`yes` is true, `012` is ten), except that dates stay text. */
const schema = new Schema(YAML11_SCHEMA.tags.filter((tag) => tag !== timestampTag))

/** An alias may stand for a large value many times over: what the text means may not be larger than this. */
const EXPANDED_VALUES_MAX = 500_000

/** Reads one YAML document; throws `bad-request` saying where it is broken, also when a key stands twice in a map. */
export function parseYaml(text: string): unknown {
  return parse(text, false)
}

/** The same, but the last of two equal keys counts, and the first such pair is told of. */
export function parseYamlWithDuplicates(text: string): {
  readonly value: unknown
  readonly duplicates: readonly string[]
} {
  try {
    return { value: parse(text, false), duplicates: [] }
  } catch (error) {
    const duplicate = duplicateIn(text, (error as Error).cause)
    if (duplicate === undefined) throw error
    return { value: parse(text, true), duplicates: [duplicate] }
  }
}

/** What Go's reader says of a key that stands twice; undefined when something else is wrong. */
function duplicateIn(text: string, cause: unknown): string | undefined {
  if (!(cause instanceof YAMLException) || cause.reason !== 'duplicated mapping key') return undefined
  const { line = 0, column = 0 } = cause.mark ?? {}
  const rest = text.split('\n')[line]?.slice(column) ?? ''
  const key = /^["']?([^"':]*)/.exec(rest)![1]!.trim()
  return `yaml: unmarshal errors:\n  line ${line + 1}: key ${JSON.stringify(key)} already set in map`
}

function parse(text: string, lastWins: boolean): unknown {
  let value: unknown
  try {
    value = load(text, { schema, json: lastWins })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new WherryError('bad-request', `error converting YAML to JSON: yaml: ${message}`, { cause })
  }
  if (countValues(value, EXPANDED_VALUES_MAX) > EXPANDED_VALUES_MAX) {
    throw new WherryError('bad-request', 'error converting YAML to JSON: yaml: document contains excessive aliasing')
  }
  return value
}

/** How many values there are with aliases followed; stops soon after `max`. */
function countValues(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const child of Object.values(value)) {
    count += countValues(child, max - count)
    if (count > max) break
  }
  return count
}

/** Writes a value as YAML, as `kubectl get -o yaml` would, keys in their order. */
export function formatYaml(value: unknown): string {
  return dump(JSON.parse(JSON.stringify(value)), { lineWidth: -1, noRefs: true })
}
