import type { ObjectMeta } from './v1.ts'

/** The metadata of an object that stands on its own: the server sets what a template may leave out. */
export type StoredMeta = ObjectMeta & { name: string; uid: string; resourceVersion: string; creationTimestamp: string }
