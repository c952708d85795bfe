/**
 * The paths of keys that stand twice in one object of a JSON text, such as `spec.containers[0].name`. `parsed` is what
 * JSON.parse made of the same text: it kept only the last of each.
 */
export function duplicateKeys(text: string, parsed: unknown): string[] {
  // Nearly always there are none, and then there are as many keys in the text as in the value.
  return countKeysOf(text) === countKeys(parsed) ? [] : findDuplicates(text)
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const one of value) count += countKeys(one)
    return count
  }
  for (const key in value) count += 1 + countKeys((value as Record<string, unknown>)[key])
  // JSON.parse makes `__proto__` a key like any other, which for...in shows as well.
  return count
}

function countKeysOf(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = afterString(text, at)
    let next = at
    while (isSpace(text.charCodeAt(next))) next++
    if (text.charCodeAt(next) === COLON) count++
  }
  return count
}

const COLON = 58
const BACKSLASH = 92

/** Where a string ends that begins at `start`, its closing quote included. */
function afterString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
  return text.length
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

interface Level {
  readonly path: string
  /** The keys seen so far; undefined in an array. */
  readonly keys: Set<string> | undefined
  index: number
  key: string
}

/** Walks the text, which JSON.parse has accepted. */
function findDuplicates(text: string): string[] {
  const found: string[] = []
  const levels: Level[] = []
  const here = (level: Level): string =>
    level.keys === undefined ? `${level.path}[${level.index}]` : level.path === '' ? level.key : `${level.path}.${level.key}`
  for (let at = 0; at < text.length; ) {
    const level = levels.at(-1)
    const char = text[at]!
    if (char === '{' || char === '[') {
      const path = level === undefined ? '' : here(level)
      levels.push({ path, keys: char === '{' ? new Set() : undefined, index: 0, key: '' })
    } else if (char === '}' || char === ']') {
      levels.pop()
    } else if (char === ',' && level?.keys === undefined && level !== undefined) {
      level.index++
    } else if (char === '"') {
      const end = afterString(text, at)
      let next = end
      while (isSpace(text.charCodeAt(next))) next++
      if (text.charCodeAt(next) === COLON && level?.keys !== undefined) {
        level.key = JSON.parse(text.slice(at, end)) as string
        if (level.keys.has(level.key)) found.push(here(level))
        level.keys.add(level.key)
      }
      at = end
      continue
    }
    at++
  }
  return [...new Set(found)]
}
