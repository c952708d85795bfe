import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { seededRandom } from '../src/lib/random.ts'

const KILLS = 200
const ACKNOWLEDGED_PER_ROUND_MAX = 120

type Written = readonly [key: string, revision: number, value: string | null]

/** One line of the writer. */
interface Said {
  readonly warm?: true
  readonly opened?: Opened
  readonly acknowledged?: Written
}

/** What a writer found. */
interface Opened {
  readonly revision: number
  readonly entries: readonly Written[]
  /** What its history leads to. */
  readonly replayed: readonly Written[]
  readonly deletes: readonly (readonly [key: string, revision: number])[]
}

test(`the store loses nothing that it acknowledged, over ${KILLS} kills under load`, { timeout: 300_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wherry-kill-'))
  const witness = new Witness()
  const random = seededRandom(1)
  let next = startWriter(directory, 0)
  try {
    for (let round = 1; round <= KILLS; round++) {
      const writer = next
      // The next one warms up while this one writes.
      next = startWriter(directory, round)
      await runRound(writer, witness, Math.floor(random() * ACKNOWLEDGED_PER_ROUND_MAX))
    }
    await runRound(next, witness, 0)
  } finally {
    next.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  assert.ok(witness.acknowledged > KILLS * 10, `only ${witness.acknowledged} writes were acknowledged`)
})

function startWriter(directory: string, round: number): ChildProcess {
  const script = join(import.meta.dirname, 'store-kill-writer.ts')
  return spawn(process.execPath, [script, directory, String(round)], { stdio: ['pipe', 'pipe', 'inherit'] })
}

/** Lets a writer write until it has acknowledged so many writes, kills it, and hears what it said until its end. */
async function runRound(writer: ChildProcess, witness: Witness, acknowledged: number): Promise<void> {
  const ended = once(writer, 'close')
  let left = acknowledged
  let opened = false
  try {
    for await (const line of createInterface({ input: writer.stdout! })) {
      const said = JSON.parse(line) as Said
      if (said.warm) writer.stdin!.write('go\n')
      if (said.opened) {
        opened = true
        witness.opened(said.opened)
      }
      if (said.acknowledged) {
        witness.acknowledge(said.acknowledged)
        left--
      }
      if (opened && left <= 0) writer.kill('SIGKILL')
    }
  } finally {
    writer.kill('SIGKILL')
  }
  const [, signal] = (await ended) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL', 'it ended only because it was killed')
  assert.ok(opened, 'the store opened')
}

/** Remembers everything that was ever said, and compares. */
class Witness {
  acknowledged = 0
  readonly #last = new Map<string, Written>()
  readonly #byRevision = new Map<number, string>()
  #newest = 0

  acknowledge(written: Written): void {
    const [key, revision] = written
    this.acknowledged++
    this.#meet(written)
    assert.ok(revision > (this.#last.get(key)?.[1] ?? 0), `${key} went back to revision ${revision}`)
    this.#last.set(key, written)
  }

  opened({ revision, entries, replayed, deletes }: Opened): void {
    assert.deepEqual(replayed, entries, 'the history leads to what is there')
    assert.ok(revision >= this.#newest, `the store went back from revision ${this.#newest} to ${revision}`)
    const found = new Map(entries.map((entry) => [entry[0], entry]))
    const deleted = new Map(deletes)
    for (const entry of entries) this.#meet(entry)
    for (const [key, deletedAt] of deletes) this.#meet([key, deletedAt, null])
    for (const [key, [, lastRevision, lastValue]] of this.#last) {
      const entry = found.get(key)
      // A write that was on its way when the process ended may have been stored without anybody hearing of it.
      const later = entry?.[1] ?? deleted.get(key) ?? 0
      if (later > lastRevision) continue
      assert.deepEqual(entry?.[2] ?? null, lastValue, `${key} at revision ${lastRevision} is lost`)
    }
    this.#newest = Math.max(this.#newest, revision)
  }

  /** A revision means one write for ever. */
  #meet([key, revision, value]: Written): void {
    const text = `${key} ${value}`
    assert.equal(this.#byRevision.get(revision) ?? text, text, `revision ${revision} was used twice`)
    this.#byRevision.set(revision, text)
    this.#newest = Math.max(this.#newest, revision)
  }
}
