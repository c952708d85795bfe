import type { Kind } from '../meta/kind.ts'
import { groupVersionsOf } from './documents.ts'
import { encodeGnostic } from './gnostic.ts'
import { openApiV2 } from './v2.ts'
import { openApiV3, openApiV3Root } from './v3.ts'

/**
 * The OpenAPI documents of the kinds that a server has, as the bytes that it sends. Each is made when somebody first
 * asks for it, since many clients never do; make a new set when the kinds change.
 */
export class OpenApiDocuments {
  readonly #kinds: readonly Kind[]
  readonly #serverVersion: string
  readonly #made = new Map<string, Buffer>()

  constructor(kinds: readonly Kind[], serverVersion: string) {
    this.#kinds = kinds
    this.#serverVersion = serverVersion
  }

  /** `/openapi/v2` as JSON. */
  v2(): Buffer {
    return this.#once('v2', () => Buffer.from(JSON.stringify(openApiV2(this.#kinds, this.#serverVersion))))
  }

  /** `/openapi/v2` in the form of GNOSTIC_TYPE, which clients in Go ask for. */
  v2Gnostic(): Buffer {
    return this.#once('v2 gnostic', () => encodeGnostic(openApiV2(this.#kinds, this.#serverVersion)))
  }

  /** `/openapi/v3`: where the documents of the group versions are. Makes all of them, for their hashes. */
  v3Index(): Buffer {
    return this.#once('v3', () => {
      const documents = groupVersionsOf(this.#kinds).map((one) => ({ ...one, bytes: this.#v3(one.group, one.version) }))
      return Buffer.from(JSON.stringify(openApiV3Root(documents)))
    })
  }

  /** `/openapi/v3/api/v1`, `/openapi/v3/apis/apps/v1` and so on; undefined when nothing is served there. */
  v3(group: string, version: string): Buffer | undefined {
    const isServed = this.#kinds.some((kind) => kind.group === group && kind.version === version)
    return isServed ? this.#v3(group, version) : undefined
  }

  #v3(group: string, version: string): Buffer {
    return this.#once(`v3 ${group}/${version}`, () =>
      Buffer.from(JSON.stringify(openApiV3({ group, version }, this.#kinds, this.#serverVersion))),
    )
  }

  #once(name: string, make: () => Buffer): Buffer {
    let bytes = this.#made.get(name)
    if (bytes === undefined) {
      bytes = make()
      this.#made.set(name, bytes)
    }
    return bytes
  }
}
