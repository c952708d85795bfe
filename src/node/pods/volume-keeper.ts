import type { Pod } from '../../api/core/v1.ts'
import { PodVolumes } from '../volumes/pod-volumes.ts'
import type { VolumeProblem } from '../volumes/pod-volumes.ts'
import type { PodServices } from './services.ts'

/** How soon what is not in place is looked at again when nobody says that it changed. */
const retryMs = 10_000
const refreshMsMin = 1000

/** Has a pod's volumes put in place, and brought up to date when they are said to be old. */
export class VolumeKeeper {
  readonly volumes: PodVolumes
  readonly #services: PodServices
  /** Called when something about the volumes changed; `fixed` when all of them are in place again. */
  readonly #changed: (fixed: boolean) => void
  #problems: readonly VolumeProblem[] = []
  #current: Promise<readonly VolumeProblem[]> | undefined
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(services: PodServices, uid: string, changed: (fixed: boolean) => void) {
    this.#services = services
    this.#changed = changed
    this.volumes = new PodVolumes(services.volumes, uid)
  }

  /** What was not in place when they were last looked at. */
  get problems(): readonly VolumeProblem[] {
    return this.#problems
  }

  /** Resolves when the volumes are as they should be, with what is not. */
  ready(pod: Pod): Promise<readonly VolumeProblem[]> {
    this.#current ??= this.#sync(pod)
    return this.#current
  }

  /** The next look is a new one. */
  invalidate(): void {
    this.#current = undefined
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  async #sync(pod: Pod): Promise<readonly VolumeProblem[]> {
    const { clock } = this.#services
    const { problems, refreshAt } = await this.volumes.sync(pod)
    const before = this.#problems
    this.#problems = problems
    for (const { volume, message } of problems) {
      if (!before.some((old) => old.volume === volume && old.message === message)) this.#tell(pod, volume, message)
    }
    const again = problems.length > 0 ? clock.now() + retryMs : refreshAt
    this.#cancelTimer?.()
    if (again !== undefined && !this.#isClosed) {
      this.#cancelTimer = clock.after(Math.max(refreshMsMin, again - clock.now()), () => {
        this.invalidate()
        this.#changed(false)
      })
    }
    this.#changed(problems.length === 0 && before.length > 0)
    return problems
  }

  #tell(pod: Pod, volume: string, message: string): void {
    this.#services.narrator.say(pod, {
      verdict: 'refused',
      reason: 'FailedMount',
      message: `MountVolume.SetUp failed for volume "${volume}" : ${message}`,
      field: `spec.volumes{${volume}}`,
      because: [{ message }],
      event: 'Warning',
    })
  }
}
