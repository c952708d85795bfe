import { access, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../images/run.ts'

const WHERRY = fileURLToPath(new URL('../../bin/wherry', import.meta.url))

/** A cluster of wherry on this machine that the suite runs against. */
export class LocalCluster {
  readonly name: string
  readonly dataDir: string
  readonly #signal: AbortSignal

  constructor(place: { name: string; dataDir: string; signal: AbortSignal }) {
    this.name = place.name
    this.dataDir = place.dataDir
    this.#signal = place.signal
  }

  get kubeconfig(): string {
    return join(this.dataDir, 'kubeconfig')
  }

  /** Whether there is a cluster already, running or not: one that somebody else made is never removed. */
  async exists(): Promise<boolean> {
    return access(this.dataDir).then(
      () => true,
      () => false,
    )
  }

  async isUp(): Promise<boolean> {
    return this.#wherry('status').then(
      () => true,
      () => false,
    )
  }

  /** Starts the cluster; on one that runs this changes nothing. */
  async up(nodes: number): Promise<void> {
    await this.#wherry('up', '--nodes', String(nodes), '--name', this.name)
  }

  /** Loads archives into every node, less those that an earlier call loaded. */
  async importImages(archives: readonly string[]): Promise<void> {
    // The record is in the cluster's own folder: a cluster that is purged and made anew knows no images.
    const record = join(this.dataDir, 'conformance-images.json')
    const loaded = JSON.parse(await readFile(record, 'utf8').catch(() => '[]')) as string[]
    const missing = archives.filter((archive) => !loaded.includes(basename(archive)))
    if (missing.length === 0) return
    await this.#wherry('image', 'import', ...missing)
    await writeFile(record, JSON.stringify([...loaded, ...missing.map((archive) => basename(archive))]))
  }

  async downAndPurge(): Promise<void> {
    await run(...this.#command('down', '--purge'), { echo: true })
  }

  async #wherry(...words: string[]): Promise<string> {
    return run(...this.#command(...words), { signal: this.#signal, echo: words[0] !== 'status' })
  }

  /** Nodes need root: as another user it goes through sudo. */
  #command(...words: string[]): [string, string[]] {
    const args = [...words, '--data-dir', this.dataDir]
    return process.getuid?.() === 0 ? [WHERRY, args] : ['sudo', [WHERRY, ...args]]
  }
}
