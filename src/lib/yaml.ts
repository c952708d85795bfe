import { dump, load, Schema, timestampTag, YAML11_SCHEMA } from 'js-yaml'
import { WherryError } from './errors.ts'

/** YAML 1.1 as Kubernetes reads it (`yes` is true, `012` is ten), except that dates stay text. */
const schema = new Schema(YAML11_SCHEMA.tags.filter((tag) => tag !== timestampTag))

/** An alias may stand for a large value many times over: what the text means may not be larger than this. */
const EXPANDED_VALUES_MAX = 500_000

/** Reads one YAML document; throws `bad-request` saying where it is broken. */
export function parseYaml(text: string): unknown {
  let value: unknown
  try {
    value = load(text, { schema })
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
