import type { Outcome } from './output.ts'

/** How often a line is written where there is no terminal to write it over the last one. */
const QUIET_MS = 30_000

/** Tells on standard error how far the run is: one line that is written over, or one in half a minute. */
export class Progress {
  readonly #total: number
  readonly #count: () => { passed: number; failed: number; skipped: number }
  readonly #started = Date.now()
  #phase = ''
  #last = ''
  #written = 0
  readonly #timer: NodeJS.Timeout

  constructor(total: number, count: () => { passed: number; failed: number; skipped: number }) {
    this.#total = total
    this.#count = count
    this.#timer = setInterval(() => this.#write(), 1000)
    this.#timer.unref()
  }

  begin(phase: string): void {
    this.#phase = phase
    this.#write(true)
  }

  ended({ name, state, seconds, message }: Outcome): void {
    this.#last = `${state} in ${seconds.toFixed(0)} s: ${name}`
    if (state === 'failed') this.#print(`FAILED ${name}\n       ${message.split('\n', 1)[0] ?? ''}\n`)
    this.#write()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#write(true)
    if (process.stderr.isTTY) process.stderr.write('\n')
  }

  #write(now = false): void {
    const { passed, failed, skipped } = this.#count()
    const line =
      `${passed + failed + skipped}/${this.#total} (${passed} passed, ${failed} failed, ${skipped} skipped) ` +
      `${clock(Date.now() - this.#started)} ${this.#phase} · ${this.#last}`
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u{1B}[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`)
    } else if (now || Date.now() - this.#written >= QUIET_MS) {
      this.#written = Date.now()
      process.stderr.write(`${line}\n`)
    }
  }

  #print(text: string): void {
    process.stderr.write(process.stderr.isTTY ? `\r\u{1B}[K${text}` : text)
  }
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
