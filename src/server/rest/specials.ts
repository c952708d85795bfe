import type { KubeObject } from '../../api/meta/kind.ts'

/** What a kind does beside being stored, such as taking an address from a range. All of it may wait. */
export interface Special {
  /** Completes an object before it is validated, in place; what it takes for it is held until the write has ended. */
  beforeWrite?(object: KubeObject, old: KubeObject | undefined, dryRun: boolean): Promise<Held | void> | void
  /** After an object is gone. */
  afterDelete?(object: KubeObject): Promise<void> | void
}

/** What is held for an object while it is written. */
export interface Held {
  /** The object is stored: what it no longer needs is let go. */
  keep(): Promise<void> | void
  /** The write failed: what was taken for it is given back. */
  undo(): Promise<void> | void
}

/** By the name of the resource. */
export type Specials = ReadonlyMap<string, Special>
