import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { KeyPair } from './pki.ts'
import { expiryOf } from './pki.ts'

export interface KeptPairOptions {
  /** Who must have signed it: the certificate in PEM. */
  readonly authority: string
  /** The files of the pair that whoever set this program up made for it. */
  readonly made: { readonly certificate: string; readonly key: string }
  /** The file of the one that has taken its place since, both parts in one, so that they are replaced in one step. */
  readonly renewed: string
}

/** A certificate with its key that a program shows of itself, and replaces while it runs. */
export class KeptPair {
  readonly #options: KeptPairOptions
  readonly #handlers = new Set<() => void>()
  #pair: KeyPair

  /** Throws when there is no pair at all. */
  constructor(options: KeptPairOptions) {
    this.#options = options
    // A program that starts has no time for doubts where there is no choice.
    this.#pair = (existsSync(options.renewed) ? bestOf(options) : undefined) ?? readMade(options)
  }

  /** The one in use. */
  current(): KeyPair {
    return this.#pair
  }

  /** Calls `handler` whenever another pair is in use. */
  onChange(handler: () => void): void {
    this.#handlers.add(handler)
  }

  /** Keeps a new pair on disk and puts it to use; that too when the disk takes nothing, for which it throws then. */
  replace(pair: KeyPair): void {
    try {
      writePrivately(this.#options.renewed, pair.certificate + pair.key)
    } finally {
      this.#use(pair)
    }
  }

  /** Puts to use what others have written since, when it lasts longer; tells whether there was such a pair. */
  reload(): boolean {
    const best = bestOf(this.#options)
    if (best === undefined || expiryOf(best.certificate) <= expiryOf(this.#pair.certificate)) return false
    this.#use(best)
    return true
  }

  #use(pair: KeyPair): void {
    this.#pair = pair
    for (const handler of this.#handlers) handler()
  }
}

/** Of the pairs that are whole the one that lasts longest. */
function bestOf(options: KeptPairOptions): KeyPair | undefined {
  const pairs = [() => readRenewed(options), () => readMade(options)].flatMap((read) => {
    try {
      const pair = read()
      return isWhole(pair, options.authority) ? [pair] : []
    } catch {
      return []
    }
  })
  return pairs.toSorted((a, b) => expiryOf(b.certificate) - expiryOf(a.certificate))[0]
}

function readMade({ made }: KeptPairOptions): KeyPair {
  return { certificate: readFileSync(made.certificate, 'utf8'), key: readFileSync(made.key, 'utf8') }
}

function readRenewed({ renewed }: KeptPairOptions): KeyPair {
  const text = readFileSync(renewed, 'utf8')
  const at = text.search(/-----BEGIN [A-Z ]*PRIVATE KEY-----/)
  return { certificate: text.slice(0, Math.max(at, 0)), key: text.slice(Math.max(at, 0)) }
}

function isWhole({ certificate, key }: KeyPair, authority: string): boolean {
  const parsed = new X509Certificate(certificate)
  return parsed.verify(new X509Certificate(authority).publicKey) && parsed.checkPrivateKey(createPrivateKey(key))
}

/** Written whole or not at all, and readable by its owner alone from the first moment. */
function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.next`
  rmSync(next, { force: true })
  writeFileSync(next, text, { mode: 0o600, flag: 'wx', flush: true })
  renameSync(next, file)
}
