import type { KubeObject } from '../../api/meta/kind.ts'

/** What a kind does beside being stored, such as taking an address from a range. All of it may wait. */
export interface Special {
  /** Completes an object before it is validated, in place. What it takes is given back by `undo` when the write fails. */
  beforeWrite?(object: KubeObject, old: KubeObject | undefined, dryRun: boolean): Promise<Undo | void> | void
  /** After an object is gone. */
  afterDelete?(object: KubeObject): Promise<void> | void
}

export type Undo = () => Promise<void> | void

/** By the name of the resource. */
export type Specials = ReadonlyMap<string, Special>
