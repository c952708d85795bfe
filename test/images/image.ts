/** What a container image is made of; `buildImage` turns it into an archive. */
export interface Image {
  /** The full references under which the image is loaded, such as `docker.io/library/busybox:latest`. */
  readonly names: readonly string[]
  readonly layers: readonly Layer[]
  readonly config?: ImageConfig
}

/**
 * One layer, from the bottom up: first packages are unpacked, then folders, files and links are put over them.
 * Paths have no leading slash.
 */
export interface Layer {
  /** Debian packages; all that they depend on comes with them. */
  readonly packages?: readonly string[]
  /** Packages that the dependencies would bring and that the image does without; `*` stands for any letters. */
  readonly without?: readonly string[]
  /** Give each busybox command that no package brought a link of its own; asks for the package `busybox-static`. */
  readonly applets?: boolean
  /** Folders and their modes, for those that must be there although empty. */
  readonly folders?: Readonly<Record<string, number>>
  readonly files?: Readonly<Record<string, FileSource>>
  /** A path in the image and what it points to. */
  readonly links?: Readonly<Record<string, string>>
}

/** A text, or a file of this machine; the mode is 0644 for a text and that of the file otherwise. */
export type FileSource =
  | string
  | { readonly text: string; readonly mode?: number }
  | { readonly from: string; readonly mode?: number }

export interface ImageConfig {
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  readonly workingDir?: string
  /** Such as `80/tcp`. */
  readonly ports?: readonly string[]
}

/** A shell script as an executable file of an image. */
export function script(text: string): FileSource {
  return { text, mode: 0o755 }
}
