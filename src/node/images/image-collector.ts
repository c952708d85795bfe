import { formatTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import type { NodeNarrator } from '../machine/node-narrator.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { bytesToFree, type Fill, type KeptImage, percentUsed, removable, sight, type Sighting } from './collection.ts'
import { parseImageName } from './image-name.ts'

export interface ImageCollectorOptions {
  readonly runtime: Pick<Runtime, 'listImages' | 'listContainers' | 'removeImage'>
  /** How full the disk of the images is now. */
  readonly fill: () => Promise<Fill>
  /** Images that must stay although no container has them: those of pods that are being started, and of sandboxes. */
  readonly wanted: () => readonly string[]
  readonly narrator: NodeNarrator
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

const everyMs = 300_000
const field = 'status.images'
const rememberedMax = 1024

/** Keeps the disk of the images from filling up, and empties it when the node is short of disk. */
export class ImageCollector {
  readonly #options: ImageCollectorOptions
  #sightings: ReadonlyMap<string, Sighting> | undefined
  #work: Promise<unknown> = Promise.resolve()
  #failures = 0
  /** What was said of an image that is gone, by its full name: somebody may ask for it again. */
  readonly #removals = new Map<string, string>()

  constructor(options: ImageCollectorOptions) {
    this.#options = options
  }

  /** Looks every five minutes, until the signal fires. */
  async run(): Promise<void> {
    const { clock, signal } = this.#options
    while (!signal.aborted) {
      await this.collect()
      await clock.sleep(everyMs, signal).catch(() => {})
    }
  }

  /** Removes what nobody uses when the disk is too full, until it is empty enough. Tells of failures; does not throw. */
  collect(): Promise<void> {
    return this.#alone(() => this.#collect())
  }

  /** Removes all that nobody uses, however full the disk is. Resolves with the bytes that were in it. */
  removeUnused(): Promise<number> {
    return this.#alone(async () => {
      const { freed } = await this.#free(Infinity, 'the node is short of disk')
      return freed
    })
  }

  /** Why an image that was here is not any more, by any name that it had. */
  removed(name: string): string | undefined {
    return this.#removals.get(fullName(name))
  }

  #remember({ names }: KeptImage, message: string): void {
    for (const name of names) this.#removals.set(fullName(name), message)
    while (this.#removals.size > rememberedMax) this.#removals.delete(this.#removals.keys().next().value!)
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => {})
    return done
  }

  async #collect(): Promise<void> {
    const { narrator, log, signal } = this.#options
    try {
      await this.#collectOnce()
      if (this.#failures > 0)
        narrator.say({ verdict: 'done', reason: 'ImageGCSucceeded', message: 'Images were collected again', field })
      this.#failures = 0
    } catch (error) {
      if (signal.aborted) return
      const message = error instanceof Error ? error.message : String(error)
      this.#failures++
      log.warn('images were not collected', { failures: this.#failures, error })
      // One failure may be that of a beginning; users hear of those that go on.
      if (this.#failures > 1)
        narrator.say({ verdict: 'refused', reason: 'ImageGCFailed', message, field, event: 'Warning' })
    }
  }

  async #collectOnce(): Promise<void> {
    const { fill, narrator } = this.#options
    const now = await fill()
    if (now.capacityBytes === 0) {
      const message = 'invalid capacity 0 on image filesystem'
      narrator.say({ verdict: 'refused', reason: 'InvalidDiskCapacity', message, field, event: 'Warning' })
      throw new Error(message)
    }
    const wanted = bytesToFree(now)
    const { freed, failures } = await this.#free(wanted, `the disk is ${percentUsed(now)} % full`)
    if (freed >= wanted) return
    if (failures.length > 0)
      throw new Error(
        `wanted to free ${wanted} bytes, but freed ${freed} bytes space with errors in image deletion: [${failures.join(', ')}]`,
      )
    const message = `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`
    const help = 'room on the disk of the data directory: what is left there are no unused images'
    narrator.say({ verdict: 'refused', reason: 'FreeDiskSpaceFailed', message, field, help, event: 'Warning' })
    throw new Error(message)
  }

  /** Looks at the images, and removes unused ones until so many bytes are free. */
  async #free(wanted: number, why: string): Promise<{ freed: number; failures: readonly string[] }> {
    const { runtime, clock, narrator } = this.#options
    const [{ images: listed }, { containers }] = await Promise.all([runtime.listImages({}), runtime.listContainers({})])
    const images = listed.map(({ id, repoTags, repoDigests, size, pinned }): KeptImage => ({
      id,
      names: [...repoTags, ...repoDigests],
      bytes: size,
      pinned,
    }))
    // Containers that have ended are counted too: their file systems are made of the image.
    const used = new Set(containers.flatMap(({ image, imageRef, imageId }) => [image?.image ?? '', imageRef, imageId]))
    const wantedNames = new Set(this.#options.wanted().map(fullName))
    const isInUse = ({ id, names }: KeptImage): boolean =>
      [id, ...names].some((name) => used.has(name)) || names.some((name) => wantedNames.has(fullName(name)))
    const now = clock.now()
    this.#sightings = sight(images, isInUse, this.#sightings, now)
    let freed = 0
    const failures: string[] = []
    for (const image of removable(images, isInUse, this.#sightings, now)) {
      if (freed >= wanted) break
      try {
        await runtime.removeImage({ image: { image: image.id } })
        freed += image.bytes
        const message = `Image ${image.names[0] ?? image.id} was removed: no container uses it, and ${why}`
        this.#remember(image, `${message} (${formatTime(now)})`)
        const because = [{ message: why, facts: { bytes: image.bytes, ...this.#sightings.get(image.id) } }]
        narrator.say({ verdict: 'done', reason: 'ImageRemoved', message, field: `${field}{${image.id}}`, because })
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error))
      }
    }
    return { freed, failures }
  }
}

/** A name in full, however it is abbreviated. */
function fullName(text: string): string {
  const name = parseImageName(text)
  if (name === undefined) return text
  const { registry, repository, tag, digest } = name
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`
}
