import type { Pod, Secret } from '../../api/core/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Input } from '../runtime/codec.ts'
import type { AuthConfig } from '../runtime/cri/messages.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ImageUser } from '../pods/security.ts'
import { credentialsFor } from './credentials.ts'
import { parseImageName } from './image-name.ts'

export interface LocalImage {
  readonly id: string
  /** A name that it goes by, and by which it can be had again: with its digest where one is known. */
  readonly name: string
  readonly ref: string
  readonly user: ImageUser
}

/** Why an image is not there, in Kubernetes' words, and when to try again. */
export class ImageRefusal extends Error {
  readonly reason: 'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull' | 'ImagePullBackOff' | 'ImageInspectError'
  readonly retryAt: number

  constructor(reason: ImageRefusal['reason'], message: string, retryAt: number, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
    this.retryAt = retryAt
  }
}

export type PullPolicy = 'Always' | 'Never' | 'IfNotPresent'

/** What happens while an image is fetched, told as it happens. */
export type ImageNews =
  | { readonly what: 'present' | 'pulling' }
  | { readonly what: 'pulled'; readonly ms: number; readonly bytes: number }
  | { readonly what: 'unreachable'; readonly error: string }
  | { readonly what: 'failed'; readonly error: string; readonly removed: string | undefined }
  | { readonly what: 'backoff'; readonly removed: string | undefined }

export interface ImagesOptions {
  readonly runtime: Pick<Runtime, 'imageStatus' | 'pullImage'>
  readonly clock: Clock
  readonly pullSecret: (pod: Pod, name: string) => Promise<Secret | undefined>
  /** Why an image that was on this node was taken away. */
  readonly removed?: (image: string) => string | undefined
}

interface Failure {
  readonly delayMs: number
  readonly until: number
  readonly message: string
  /** Whether users have heard that it waits. */
  told: boolean
}

const delayMsFirst = 10_000
const delayMsMax = 300_000
/** How often it is looked whether somebody has imported an image that cannot be pulled. */
const importLookMs = 2_000
/** How long a configuration that cannot work is left alone; a change of the pod is looked at at once. */
const settledMs = 300_000

/** Brings images to this node, as pods ask for them. */
export class Images {
  readonly #options: ImagesOptions
  readonly #failures = new Map<string, Failure>()
  readonly #pulls = new Map<string, Promise<void>>()

  constructor(options: ImagesOptions) {
    this.#options = options
  }

  /** Resolves with the image once it is on this node; throws an ImageRefusal otherwise. */
  async ensure(
    pod: Pod,
    image: string,
    policy: PullPolicy,
    news: (said: ImageNews) => void,
    signal: AbortSignal,
  ): Promise<LocalImage> {
    const { clock } = this.#options
    const name = parseImageName(image)
    if (name === undefined) {
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`
      throw new ImageRefusal('InvalidImageName', message, clock.now() + settledMs)
    }
    const present = await this.#status(image)
    if (present !== undefined && policy !== 'Always') {
      news({ what: 'present' })
      return present.image
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`
      throw new ImageRefusal('ErrImageNeverPull', message, clock.now() + delayMsFirst)
    }
    const key = `${pod.metadata.uid} ${image}`
    this.#refuseInBackoff(key, image, news)
    news({ what: 'pulling' })
    const begun = clock.now()
    try {
      const secrets = await this.#secrets(pod)
      await this.#pull(image, credentialsFor(secrets, name), signal)
    } catch (error) {
      signal.throwIfAborted()
      const words = error instanceof Error ? error.message : String(error)
      if (present !== undefined && isUnreachable(words)) {
        // What was imported by hand is all there is where no registry can be reached.
        news({ what: 'unreachable', error: words })
        return present.image
      }
      const before = this.#failures.get(key)
      const delayMs = Math.min(delayMsMax, before === undefined ? delayMsFirst : before.delayMs * 2)
      const until = clock.now() + delayMs
      this.#failures.set(key, { delayMs, until, message: words, told: false })
      news({ what: 'failed', error: words, removed: this.#options.removed?.(image) })
      // Once more at once, only to say that it waits: users look for both words.
      throw new ImageRefusal('ErrImagePull', words, clock.now() + 1000, error)
    }
    this.#failures.delete(key)
    const pulled = await this.#status(image)
    if (pulled === undefined) {
      throw new ImageRefusal(
        'ImageInspectError',
        `image "${image}" was pulled and is not there`,
        clock.now() + delayMsFirst,
      )
    }
    news({ what: 'pulled', ms: clock.now() - begun, bytes: pulled.bytes })
    return pulled.image
  }

  forget(podUid: string): void {
    for (const key of this.#failures.keys()) if (key.startsWith(`${podUid} `)) this.#failures.delete(key)
  }

  #refuseInBackoff(key: string, image: string, news: (said: ImageNews) => void): void {
    const failure = this.#failures.get(key)
    if (failure === undefined || failure.until <= this.#options.clock.now()) return
    if (!failure.told) news({ what: 'backoff', removed: this.#options.removed?.(image) })
    failure.told = true
    const message = `Back-off pulling image "${image}": ErrImagePull: ${failure.message}`
    // The registry is left alone until then; an image that is imported meanwhile is taken up at once.
    const lookAgainAt = Math.min(failure.until, this.#options.clock.now() + importLookMs)
    throw new ImageRefusal('ImagePullBackOff', message, lookAgainAt)
  }

  async #status(name: string): Promise<{ image: LocalImage; bytes: number } | undefined> {
    try {
      const { image } = await this.#options.runtime.imageStatus({ image: { image: name } })
      if (image === undefined) return undefined
      const user = { uid: image.uid?.value, username: image.username }
      const [tag = name] = image.repoTags
      const [ref = image.id] = image.repoDigests
      return { image: { id: image.id, name: tag, ref, user }, bytes: image.size }
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      throw new ImageRefusal('ImageInspectError', words, this.#options.clock.now() + delayMsFirst, error)
    }
  }

  async #secrets(pod: Pod): Promise<Secret[]> {
    const names = (pod.spec.imagePullSecrets ?? []).map(({ name }) => name ?? '').filter((name) => name !== '')
    const secrets = await Promise.all(names.map((name) => this.#options.pullSecret(pod, name)))
    // A pull secret that is missing is no error: the image may be free.
    return secrets.filter((secret) => secret !== undefined)
  }

  /** Pods that want the same image with the same credentials wait for one pull. */
  async #pull(image: string, credentials: readonly Input<AuthConfig>[], signal: AbortSignal): Promise<void> {
    const attempts = credentials.length === 0 ? [undefined] : credentials
    let last: unknown
    for (const auth of attempts) {
      const key = JSON.stringify([image, auth])
      let pull = this.#pulls.get(key)
      if (pull === undefined) {
        pull = this.#options.runtime
          .pullImage({ image: { image }, ...(auth === undefined ? {} : { auth }) })
          .then(() => {})
          .finally(() => this.#pulls.delete(key))
        pull.catch(() => {})
        this.#pulls.set(key, pull)
      }
      try {
        await abortable(pull, signal)
        return
      } catch (error) {
        signal.throwIfAborted()
        last = error
        if (isWherryError(error, 'unavailable')) break
      }
    }
    throw last
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Whether the registry could not be spoken to at all, as opposed to having refused. */
function isUnreachable(words: string): boolean {
  return /dial tcp|no such host|no route to host|network is unreachable|connection refused|i\/o timeout|server misbehaving|TLS handshake timeout/.test(
    words,
  )
}
