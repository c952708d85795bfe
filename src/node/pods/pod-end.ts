import { Pods } from '../../api/core/pod.ts'
import type { Pod } from '../../api/core/v1.ts'
import { isWherryError } from '../../lib/errors.ts'
import { removeVolumes } from '../volumes/pod-volumes.ts'
import type { Observed } from './observed.ts'
import { removeFromRuntime } from './sandbox.ts'
import type { PodServices } from './services.ts'

type EndStep = 'clean' | 'discard' | 'let-go' | 'remove'

/** What is done for a pod of which nothing runs any more, in this order, each step once it is time for it. */
export class PodEnd {
  readonly #services: PodServices
  readonly #uid: string
  #isCleaned = false
  #isDiscarded = false
  #isDeleteAsked = false
  #isForgotten = false

  constructor(services: PodServices, uid: string) {
    this.#services = services
    this.#uid = uid
  }

  /** The API has forgotten the pod, as far as this node knows. */
  get isForgotten(): boolean {
    return this.#isForgotten
  }

  /** Whether its containers and their logs are gone, or going: nothing can be learned of them any more. */
  get isDiscarded(): boolean {
    return this.#isDiscarded
  }

  forgotten(): void {
    this.#isForgotten = true
  }

  /** The step to be taken now; undefined while there is none. */
  next(pod: Pod): EndStep | undefined {
    if (!this.#isCleaned) return 'clean'
    if (this.#isForgotten) return 'remove'
    // What was taken from it for the node's sake is given back whole, once the API knows how it ended.
    if (pod.status.phase === 'Failed' && pod.status.reason === 'Evicted' && !this.#isDiscarded) return 'discard'
    // A pod that ended by itself stays, with its logs, until somebody deletes it.
    return pod.metadata.deletionTimestamp !== undefined && !this.#isDeleteAsked ? 'let-go' : undefined
  }

  async take(step: EndStep, pod: Pod, observed: Observed): Promise<void> {
    if (step === 'clean') await this.#clean()
    else if (step === 'discard') await this.#discard(pod, observed)
    else if (step === 'let-go') await this.#letGo(pod)
    else await this.#remove(pod, observed)
  }

  /** Gives back what the pod had of the node. Its containers' logs stay. */
  async #clean(): Promise<void> {
    const { volumes, cgroups, objects } = this.#services
    await removeVolumes(volumes, this.#uid)
    cgroups.remove({ uid: this.#uid })
    objects.release(this.#uid)
    this.#isCleaned = true
  }

  async #discard(pod: Pod, observed: Observed): Promise<void> {
    this.#isDiscarded = true
    try {
      await removeFromRuntime(this.#services, pod, observed)
    } catch (error) {
      this.#isDiscarded = false
      throw error
    }
  }

  /** Tells the API that it may forget the pod, once it knows how the pod ended. */
  async #letGo({ metadata: { namespace = '', name } }: Pod): Promise<void> {
    const { client, writer } = this.#services
    await writer.written(this.#uid)
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid: this.#uid } }
      const left = await client.delete(Pods, { namespace, name }, options)
      // A finalizer may hold it: then the API tells when it is gone.
      this.#isForgotten ||= left?.metadata.uid !== this.#uid
    } catch (error) {
      if (!isWherryError(error, 'not-found', 'conflict')) throw error
      this.#isForgotten = true
    }
    this.#isDeleteAsked = true
  }

  async #remove(pod: Pod, observed: Observed): Promise<void> {
    const { narrator, images, volumes, writer } = this.#services
    await removeFromRuntime(this.#services, pod, observed)
    images.forget(this.#uid)
    volumes.tokens.forget(this.#uid)
    writer.forget(this.#uid)
    narrator.say(pod, { verdict: 'done', reason: 'Stopped', message: 'The pod has ended and is gone' })
  }
}
