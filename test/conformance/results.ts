import { appendFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from './output.ts'

/** What is kept of a test between runs; its log is in a file of its own if it failed. */
export type Result = Omit<Outcome, 'log'>

/** The results of one run, one JSON line a test, so that a run that was stopped can be taken up again. */
export class Results {
  readonly folder: string
  readonly #byName: Map<string, Result>

  private constructor(folder: string, byName: Map<string, Result>) {
    this.folder = folder
    this.#byName = byName
  }

  /** Opens the results in a folder; without `resume`, earlier ones are removed first. */
  static async open(folder: string, { resume }: { resume: boolean }): Promise<Results> {
    if (!resume) {
      for (const name of ['results.jsonl', 'logs', 'ginkgo.log']) {
        await rm(join(folder, name), { recursive: true, force: true })
      }
    }
    await mkdir(join(folder, 'logs'), { recursive: true })
    const text = await readFile(join(folder, 'results.jsonl'), 'utf8').catch(() => '')
    return new Results(folder, readResults(text))
  }

  get(name: string): Result | undefined {
    return this.#byName.get(name)
  }

  get all(): Result[] {
    return [...this.#byName.values()]
  }

  /** Written at once and in full, since the next thing that happens may be the end of this process. */
  record({ log, ...result }: Outcome): void {
    this.#byName.set(result.name, result)
    appendFileSync(join(this.folder, 'results.jsonl'), `${JSON.stringify(result)}\n`)
    if (result.state === 'failed') void writeFile(this.logFile(result.name), `${log}\n`)
  }

  /** Where the log of a failed test is. */
  logFile(name: string): string {
    return join(this.folder, 'logs', `${logName(name)}.log`)
  }
}

/** Reads the lines of a results file: a later line about a test wins, and a last line that was cut off is dropped. */
export function readResults(text: string): Map<string, Result> {
  const results = new Map<string, Result>()
  for (const line of text.split('\n').slice(0, -1)) {
    const result = JSON.parse(line) as Result
    results.set(result.name, result)
  }
  return results
}

/** A test's name as the name of a file. */
export function logName(name: string): string {
  return name
    .replaceAll(/\[(?!sig-)[^\]]*\]/g, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 180)
}
