import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../system/system-cluster.ts'

/** Builds what the npm package runs. */
export function buildPackage(): void {
  execFileSync(process.execPath, [join(repository, 'tools', 'build.ts')])
}

/** The package in a folder of its own, where nothing finds the source. */
export class Packed implements Disposable {
  readonly #folder: string

  constructor() {
    buildPackage()
    this.#folder = mkdtempSync(join(tmpdir(), 'wherry-packed-'))
    // The server runs as somebody who is not root.
    chmodSync(this.#folder, 0o755)
    for (const name of ['bin', 'dist', 'package.json']) {
      cpSync(join(repository, name), join(this.#folder, name), { recursive: true })
    }
    symlinkSync(join(repository, 'node_modules'), join(this.#folder, 'node_modules'))
  }

  get program(): string {
    return join(this.#folder, 'bin', 'wherry')
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
