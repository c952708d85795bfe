/** Changes the bytes of some keys on their way to the disk and back: encryption. In memory they are as they were written. */
export interface AtRest {
  covers(key: string): boolean
  seal(key: string, bytes: Buffer): Buffer
  /** Throws when they are not what was sealed under this key. */
  open(key: string, bytes: Buffer): Buffer
  /** Whether these bytes are as `seal` would make them today. If not, they are sealed again when the store is opened. */
  isCurrent(bytes: Buffer): boolean
}
