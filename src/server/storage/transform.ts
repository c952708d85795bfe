/** Changes the bytes of some objects on their way to the disk, and back. `key` is the store's key of the object. */
export interface Transform {
  seal(key: string, bytes: Buffer): Buffer
  /** The bytes that were sealed under this key; throws `internal` when they are not, or were tampered with. */
  open(key: string, bytes: Buffer): Buffer
  /** Whether these bytes are as `seal` would make them today; otherwise writing the object again brings it up to date. */
  isCurrent(bytes: Buffer): boolean
}
