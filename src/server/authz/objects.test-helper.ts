import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Draft } from '../../api/meta/schema.ts'
import type { ObjectReader } from '../admission/admission.ts'

type Handler = (object: KubeObject | undefined, previous: KubeObject | undefined) => void

/** Objects in memory that tests put there and take away, told to whoever follows them. */
export class Objects implements ObjectReader {
  readonly #objects = new Map<Kind<any>, Map<string, KubeObject>>()
  readonly #handlers = new Map<Kind<any>, Set<Handler>>()
  /** How many lists were read, so that a test can tell that nothing is scanned. */
  lists = 0

  /** Adds or replaces an object; what a server sets is filled in. */
  set<T extends KubeObject>(kind: Kind<T>, draft: Draft<T> & { metadata: { name: string; namespace?: string } }): T {
    const object = {
      spec: {},
      status: {},
      ...draft,
      metadata: { uid: `uid-${draft.metadata.name}`, ...draft.metadata },
    } as unknown as T
    const all = this.#objects.get(kind) ?? new Map<string, KubeObject>()
    this.#objects.set(kind, all)
    const key = keyOf(object.metadata)
    const previous = all.get(key)
    all.set(key, object)
    this.#tell(kind, object, previous)
    return object
  }

  remove(kind: Kind<any>, ref: { readonly namespace?: string; readonly name: string }): void {
    const all = this.#objects.get(kind)
    const previous = all?.get(keyOf(ref))
    all?.delete(keyOf(ref))
    this.#tell(kind, undefined, previous)
  }

  #tell(kind: Kind<any>, object: KubeObject | undefined, previous: KubeObject | undefined): void {
    for (const handler of this.#handlers.get(kind) ?? []) handler(object, previous)
  }

  get<T extends KubeObject>(kind: Kind<T>, ref: { readonly namespace?: string; readonly name: string }): T | undefined {
    return this.#objects.get(kind)?.get(keyOf(ref)) as T | undefined
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    this.lists++
    const all = [...(this.#objects.get(kind)?.values() ?? [])] as T[]
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace)
  }

  onChange<T extends KubeObject>(
    kind: Kind<T>,
    handler: (object: T | undefined, previous: T | undefined) => void,
  ): () => void {
    const handlers = this.#handlers.get(kind) ?? new Set()
    this.#handlers.set(kind, handlers.add(handler as Handler))
    return () => handlers.delete(handler as Handler)
  }
}

function keyOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`
}
