/** One object or list that the scan is inside of. */
interface Frame {
  list: boolean
  /** Keys seen so far, for objects; kept for the next object at this depth. */
  readonly keys: Set<string>
  /** The key or index whose value is being read. */
  key: string
  index: number
}

const QUOTE = 34
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/**
 * Whether an object of this JSON text may have a key more than once, where `value` is what JSON.parse made of it: then the
 * text has more keys than the value. Much cheaper than to look which, and nearly always all there is to do.
 */
export function mayRepeatKeys(text: string, value: unknown): boolean {
  return countKeysInText(text) !== countKeys(value)
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const one of value) count += countKeys(one)
    return count
  }
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    count++
    const child = object[key]
    if (typeof child === 'object') count += countKeys(child)
  }
  return count
}

function countKeysInText(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    at = endOfString(text, at)
    let next = text.charCodeAt(at + 1)
    for (let i = at + 2; isSpace(next); i++) next = text.charCodeAt(i)
    if (next === COLON) count++
  }
  return count
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/**
 * The paths, such as `spec.containers[0].name`, of keys that an object of this JSON text has more than once; parsing
 * would keep the last of them without a word. The text has to be valid JSON.
 */
export function duplicateKeys(text: string): string[] {
  const duplicates: string[] = []
  const frames: Frame[] = []
  let depth = -1
  let expectsKey = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    switch (code) {
      case OPEN_OBJECT:
      case OPEN_LIST: {
        depth++
        const frame = (frames[depth] ??= { list: false, keys: new Set(), key: '', index: 0 })
        frame.list = code === OPEN_LIST
        frame.index = 0
        frame.keys.clear()
        expectsKey = !frame.list
        break
      }
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        depth--
        expectsKey = false
        break
      case COMMA: {
        const frame = frames[depth]
        if (frame === undefined) break
        expectsKey = !frame.list
        frame.index++
        break
      }
      case QUOTE: {
        const end = endOfString(text, at)
        if (expectsKey) {
          const frame = frames[depth]!
          const raw = text.slice(at + 1, end)
          // The same key can be written in several ways with escapes.
          frame.key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
          if (frame.keys.has(frame.key)) duplicates.push(pathOf(frames, depth))
          frame.keys.add(frame.key)
          expectsKey = false
        }
        at = end
        break
      }
      default:
    }
  }
  return duplicates
}

/** The place of the quote that ends the string whose first quote is at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}

function pathOf(frames: readonly Frame[], depth: number): string {
  let path = ''
  for (const frame of frames.slice(0, depth + 1)) {
    path += frame.list ? `[${frame.index}]` : path === '' ? frame.key : `.${frame.key}`
  }
  return path
}
