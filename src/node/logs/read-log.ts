import { watch } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseLogLine } from './cri-log.ts'
import type { LogLine } from './cri-log.ts'

export interface LogOptions {
  readonly follow?: boolean
  readonly tailLines?: number
  /** Lines that are older are left out; milliseconds since the epoch. */
  readonly sinceMs?: number
  readonly timestamps?: boolean
  readonly limitBytes?: number
  readonly stream?: 'stdout' | 'stderr'
}

const NEWLINE = 0x0a
const blockBytes = 64 * 1024
/** How often a log that is followed is looked at when the kernel says nothing. */
const lookAgainMs = 1000

/**
 * The text of a container's log, in pieces. With `follow` it goes on until `isRunning` says no and all is read, or the
 * signal fires; it goes on over rotations.
 */
export async function* readLog(
  path: string,
  options: LogOptions,
  isRunning: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Infinity
  for await (const chunk of pieces(path, options, isRunning, signal)) {
    if (chunk.length >= left) {
      yield chunk.subarray(0, left)
      return
    }
    left -= chunk.length
    yield chunk
  }
}

async function* pieces(
  path: string,
  options: LogOptions,
  isRunning: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const printer = new Printer(options)
  const files = await rotatedFiles(path)
  const start = await startOf(files, options.tailLines)
  let file: FileHandle | undefined
  try {
    for (const [index, name] of files.entries()) {
      if (index < start.index) continue
      file = await open(name, 'r')
      const end = new Cursor(file, index === start.index ? start.offset : 0)
      yield* end.drain(printer)
      if (index < files.length - 1 || options.follow !== true) {
        await file.close()
        file = undefined
      } else yield* follow(path, file, end, printer, isRunning, signal)
    }
  } finally {
    await file?.close().catch(() => {})
  }
}

/** The files of one log, oldest first: those that were rotated away are named for their time. */
async function rotatedFiles(path: string): Promise<string[]> {
  const names = await readdir(dirname(path))
  const base = basename(path)
  const old = names.filter((name) => name.startsWith(`${base}.`)).toSorted()
  return [...old.map((name) => join(dirname(path), name)), path]
}

async function* follow(
  path: string,
  first: FileHandle,
  cursor: Cursor,
  printer: Printer,
  isRunning: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const wake = new Wake(dirname(path), signal)
  let file = first
  let at = cursor
  try {
    while (!signal.aborted) {
      // Asked before the look, so that what was written before the end is seen.
      const running = isRunning()
      const found = await at.drainAll(printer)
      if (found.length > 0) yield found
      const now = await stat(path).catch(() => undefined)
      if (now !== undefined && now.ino !== (await file.stat()).ino) {
        const rest = await at.drainAll(printer)
        if (rest.length > 0) yield rest
        const next = await open(path, 'r')
        if (file !== first) await file.close()
        file = next
        at = new Cursor(file, 0)
        continue
      }
      if (!running) return
      await wake.next()
    }
  } finally {
    wake.close()
    if (file !== first) await file.close()
  }
}

/** Resolves when something in a directory changed, and every now and then. */
class Wake {
  readonly #watcher
  readonly #signal: AbortSignal
  #changed = false
  #resolve: (() => void) | undefined

  constructor(dir: string, signal: AbortSignal) {
    this.#signal = signal
    this.#watcher = watch(dir, () => this.#wake())
    this.#watcher.on('error', () => {})
    signal.addEventListener('abort', this.#wake)
  }

  readonly #wake = (): void => {
    this.#changed = true
    this.#resolve?.()
  }

  async next(): Promise<void> {
    if (!this.#changed && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookAgainMs)
        this.#resolve = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#changed = false
    this.#resolve = undefined
  }

  close(): void {
    this.#watcher.close()
    this.#signal.removeEventListener('abort', this.#wake)
  }
}

/** Where the last `lines` lines begin: a file and a place in it. */
async function startOf(
  files: readonly string[],
  lines: number | undefined,
): Promise<{ index: number; offset: number }> {
  if (lines === undefined) return { index: 0, offset: 0 }
  let wanted = lines
  for (let index = files.length - 1; index >= 0; index--) {
    const file = await open(files[index]!, 'r')
    try {
      const { size } = await file.stat()
      if (wanted <= 0) return { index, offset: size }
      let end = size
      let isLast = true
      while (end > 0) {
        const begin = Math.max(0, end - blockBytes)
        const { buffer } = await file.read(Buffer.alloc(end - begin), 0, end - begin, begin)
        for (let i = buffer.length - 1; i >= 0; i--) {
          if (buffer[i] !== NEWLINE) continue
          // The break at the very end closes a line, all others also begin one.
          if (isLast && begin + i === size - 1) {
            isLast = false
            continue
          }
          if (--wanted === 0) return { index, offset: begin + i + 1 }
        }
        end = begin
      }
      if (size > 0 && --wanted === 0) return { index, offset: 0 }
    } finally {
      await file.close()
    }
  }
  return { index: 0, offset: 0 }
}

/** Reads a file on from where it stopped; the end of the file is not the end of the log. */
class Cursor {
  readonly #file: FileHandle
  #offset: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(file: FileHandle, offset: number) {
    this.#file = file
    this.#offset = offset
  }

  /** Everything up to the end of the file as it is now, a block at a time. */
  async *drain(printer: Printer): AsyncGenerator<Buffer> {
    for (;;) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(blockBytes), 0, blockBytes, this.#offset)
      if (bytesRead === 0) return
      this.#offset += bytesRead
      const printed = this.#take(buffer.subarray(0, bytesRead), printer)
      if (printed.length > 0) yield printed
    }
  }

  async drainAll(printer: Printer): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of this.drain(printer)) parts.push(part)
    return Buffer.concat(parts)
  }

  #take(block: Buffer, printer: Printer): Buffer {
    const data = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block])
    const parts: Buffer[] = []
    let begin = 0
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, begin)) {
      printer.print(data.subarray(begin, end), parts)
      begin = end + 1
    }
    this.#rest = data.subarray(begin)
    return Buffer.concat(parts)
  }
}

const lineBreak = Buffer.from('\n')

/** Turns lines of the runtime into what the container wrote. */
class Printer {
  readonly #options: LogOptions
  #inLine = false

  constructor(options: LogOptions) {
    this.#options = options
  }

  print(raw: Buffer, into: Buffer[]): void {
    const line = parseLogLine(raw)
    if (line === undefined || this.#isLeftOut(line)) return
    if (this.#options.timestamps === true && !this.#inLine) into.push(Buffer.from(`${line.time} `))
    into.push(line.text)
    if (!line.partial) into.push(lineBreak)
    this.#inLine = line.partial
  }

  #isLeftOut({ stream, time }: LogLine): boolean {
    const { stream: wanted, sinceMs } = this.#options
    return (wanted !== undefined && stream !== wanted) || (sinceMs !== undefined && Date.parse(time) < sinceMs)
  }
}

/** The end of a log, for a termination message or an explanation. */
export async function logTail(path: string, lines: number, bytesMax: number): Promise<string> {
  const parts: Buffer[] = []
  try {
    for await (const part of readLog(path, { tailLines: lines }, () => false, new AbortController().signal))
      parts.push(part)
  } catch {
    return ''
  }
  const all = Buffer.concat(parts)
  return all.subarray(Math.max(0, all.length - bytesMax)).toString()
}
