import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { createAuthority } from '../lib/pki.ts'
import { type ConfigFacts, renderConfig, serverName, slotName } from './config.ts'
import { type Haproxy, runningPid, superviseHaproxy } from './haproxy.ts'
import { mapLines, portions } from './maps.ts'
import type { Certificate, GatewayPlan, Target } from './plan.ts'
import { busyConnections, listServers, replaceMap, runtimeCommand } from './runtime-api.ts'

export interface ApplierOptions extends ConfigFacts {
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

const SLOTS_MIN = 64
const DELETE_RETRY_MS = 500

/** A backend of HAProxy, and the servers in it by name. Those that leave take no new requests and go when they are idle. */
interface Slot {
  readonly servers: Map<string, Target>
  readonly leaving: Map<string, Target>
}

/**
 * Makes HAProxy do what a plan says, at run time: servers are added and taken away one by one, routes are replaced in
 * one step. A reload is for what cannot be had otherwise: more backends than were made, and other certificates.
 */
export class Applier {
  readonly #options: ApplierOptions
  #haproxy: Haproxy | undefined
  #slots: Slot[] = []
  /** Which backend of a plan is where. */
  readonly #places = new Map<string, number>()
  #maps: Record<'hosts' | 'exact' | 'prefix', string> = { hosts: '', exact: '', prefix: '' }
  #certificates = ''
  #sweeping = false

  constructor(options: ApplierOptions) {
    this.#options = options
  }

  /** Starts HAProxy with what the plan says, or takes over the one that runs and brings it there, without a reload. */
  async start(plan: GatewayPlan): Promise<void> {
    const { files } = this.#options
    await mkdir(files.certificates, { recursive: true, mode: 0o700 })
    await this.#readPlaces()
    const runs =
      runningPid(files) !== undefined &&
      (await this.#adoptServers().then(
        () => true,
        () => false,
      ))
    if (!runs) {
      this.#assign(plan)
      this.#setServers(plan)
      await this.#writeCertificates(plan)
      await this.#writeMaps(plan)
    }
    this.#haproxy = await superviseHaproxy({ ...this.#options, prepare: () => this.#writeConfig() })
    if (runs) await this.apply(plan)
  }

  /** Brings HAProxy from where it is to where the plan wants it. Whatever goes wrong on the way ends in a reload. */
  async apply(plan: GatewayPlan): Promise<void> {
    const grew = this.#assign(plan)
    const certificatesChanged = await this.#writeCertificates(plan)
    if (!grew && !certificatesChanged) {
      try {
        await this.#change(plan)
        return
      } catch (error) {
        this.#options.log.warn('HAProxy is not as it was believed to be; it is told everything anew', { error })
      }
    }
    this.#setServers(plan)
    await this.#writeMaps(plan)
    await this.#reload()
  }

  /** New servers first, then the routes that lead to them; what leaves goes last. */
  async #change(plan: GatewayPlan): Promise<void> {
    const { files } = this.#options
    await this.#changeServers(plan)
    for (const map of await this.#writeMaps(plan)) {
      const lines = this.#maps[map] === '' ? [] : this.#maps[map].split('\n')
      await replaceMap(files.runtimeSocket, files[map], portions(lines))
    }
    await this.#writePlaces()
    this.#sweep()
  }

  /** How many requests are under way to an address. */
  async busy(address: string): Promise<number> {
    const counts = await busyConnections(this.#options.files.runtimeSocket)
    let sum = 0
    for (const [slot, { servers, leaving }] of this.#slots.entries()) {
      for (const [name, target] of [...servers, ...leaving])
        if (target.address === address) sum += counts.get(`${slotName(slot)}/${name}`) ?? 0
    }
    return sum
  }

  /** What an earlier agent left: its places are kept, so that routes and servers stay where they are. */
  async #readPlaces(): Promise<void> {
    const { places = {}, slots = SLOTS_MIN } = await readFile(this.#placesFile, 'utf8').then(
      (text) => JSON.parse(text) as { places?: Record<string, number>; slots?: number },
      () => ({}) as { places?: Record<string, number>; slots?: number },
    )
    this.#slots = Array.from({ length: slots }, newSlot)
    for (const [key, slot] of Object.entries(places)) if (slot < slots) this.#places.set(key, slot)
  }

  /** The servers that HAProxy has now, whatever happened while nobody looked after it. */
  async #adoptServers(): Promise<void> {
    for (const { backend, name, address, port, takesRequests } of await listServers(
      this.#options.files.runtimeSocket,
    )) {
      const slot = this.#slots[Number(backend.slice(1))]
      if (slot === undefined) throw new Error(`HAProxy has a backend that is not known: ${backend}`)
      ;(takesRequests ? slot.servers : slot.leaving).set(name, { address, port })
    }
  }

  get #placesFile(): string {
    return join(dirname(this.#options.files.config), 'places.json')
  }

  /** Gives each backend a place; true when there were too few. A place is free again when its last server has left. */
  #assign(plan: GatewayPlan): boolean {
    for (const key of this.#places.keys()) {
      if (plan.backends.has(key)) continue
      const slot = this.#slots[this.#places.get(key)!]!
      if (slot.servers.size === 0 && slot.leaving.size === 0) this.#places.delete(key)
    }
    const taken = new Set(this.#places.values())
    let next = 0
    let grew = false
    for (const key of plan.backends.keys()) {
      if (this.#places.has(key)) continue
      while (taken.has(next)) next++
      if (next >= this.#slots.length) {
        this.#slots.push(...Array.from({ length: this.#slots.length }, newSlot))
        grew = true
      }
      this.#places.set(key, next)
      taken.add(next)
    }
    return grew
  }

  /** What a configuration that is read as a whole says: no server is leaving in it. */
  #setServers(plan: GatewayPlan): void {
    for (const slot of this.#slots) {
      slot.servers.clear()
      slot.leaving.clear()
    }
    for (const [key, targets] of plan.backends) {
      const { servers } = this.#slots[this.#places.get(key)!]!
      for (const target of targets) servers.set(serverName(target), target)
    }
  }

  async #changeServers(plan: GatewayPlan): Promise<void> {
    const wanted = new Map<number, Map<string, Target>>()
    for (const [key, targets] of plan.backends)
      wanted.set(this.#places.get(key)!, new Map(targets.map((target) => [serverName(target), target])))
    const nobody: ReadonlyMap<string, Target> = new Map()
    for (const [index, slot] of this.#slots.entries()) {
      const there = wanted.get(index) ?? nobody
      for (const [name, target] of there) if (!slot.servers.has(name)) await this.#add(index, slot, name, target)
      for (const [name, target] of slot.servers) {
        if (there.has(name)) continue
        await this.#command(`set server ${slotName(index)}/${name} state drain`)
        slot.servers.delete(name)
        slot.leaving.set(name, target)
      }
    }
  }

  async #add(index: number, slot: Slot, name: string, target: Target): Promise<void> {
    const path = `${slotName(index)}/${name}`
    if (slot.leaving.delete(name)) await this.#command(`set server ${path} state ready`)
    else {
      await this.#command(`add server ${path} ${target.address}:${target.port}`, /^New server registered/)
      await this.#command(`enable server ${path}`)
    }
    slot.servers.set(name, target)
  }

  /** An answer that is not the expected one means that HAProxy is not where we believe it to be: then all is written anew. */
  async #command(command: string, expected = /^$/): Promise<void> {
    const answer = await runtimeCommand(this.#options.files.runtimeSocket, command)
    if (!expected.test(answer)) throw new Error(`HAProxy: ${command}: ${answer}`)
  }

  /** Deletes servers that have no request any more; looks again until none is left. */
  #sweep(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    const { clock, signal, files, log } = this.#options
    const run = async (): Promise<void> => {
      while (!signal.aborted && this.#slots.some(({ leaving }) => leaving.size > 0)) {
        await clock.sleep(DELETE_RETRY_MS, signal)
        const busy = await busyConnections(files.runtimeSocket)
        for (const [index, { leaving }] of this.#slots.entries()) {
          for (const name of leaving.keys()) {
            const path = `${slotName(index)}/${name}`
            if ((busy.get(path) ?? 0) > 0) continue
            await runtimeCommand(files.runtimeSocket, `set server ${path} state maint`)
            const answer = await runtimeCommand(files.runtimeSocket, `del server ${path}`)
            if (/deleted|No such server/.test(answer)) leaving.delete(name)
          }
        }
      }
    }
    void run()
      .catch(
        (error: unknown) => void (signal.aborted || log.warn('servers that have left could not be deleted', { error })),
      )
      .finally(() => (this.#sweeping = false))
  }

  async #reload(): Promise<void> {
    await this.#writeConfig()
    await this.#haproxy!.reload()
    const known = new Set(
      this.#slots.flatMap(({ servers }, index) => [...servers.keys()].map((name) => `${slotName(index)}/${name}`)),
    )
    const there = await listServers(this.#options.files.runtimeSocket)
    const strange = there.filter(({ backend, name }) => !known.has(`${backend}/${name}`))
    if (strange.length > 0 || there.length !== known.size)
      throw new Error('HAProxy did not take the configuration that was written')
  }

  async #writeConfig(): Promise<void> {
    const { files } = this.#options
    // After a crash nothing is leaving any more.
    for (const { leaving } of this.#slots) leaving.clear()
    const targets = this.#slots.map(({ servers }) => [...servers.values()])
    await writeWhole(files.config, renderConfig(this.#options, targets))
    await writeWhole(
      this.#placesFile,
      JSON.stringify({ slots: this.#slots.length, places: Object.fromEntries(this.#places) }),
    )
  }

  async #writePlaces(): Promise<void> {
    await writeIfChanged(
      this.#placesFile,
      JSON.stringify({ slots: this.#slots.length, places: Object.fromEntries(this.#places) }),
    )
  }

  /** Writes the maps that have changed, for the next start, and says which. */
  async #writeMaps(plan: GatewayPlan): Promise<readonly ('hosts' | 'exact' | 'prefix')[]> {
    const place = ([key, backend]: readonly [string, string]): readonly [string, string] => [
      key,
      slotName(this.#places.get(backend)!),
    ]
    const contents = {
      hosts: mapLines([...plan.hosts].map((host) => [host, host] as const)).join('\n'),
      exact: mapLines([...plan.exact].map(place)).join('\n'),
      prefix: mapLines([...plan.prefix].map(place)).join('\n'),
    }
    const changed: ('hosts' | 'exact' | 'prefix')[] = []
    // A host is known last, so that none of its requests meets half of its routes.
    for (const map of ['exact', 'prefix', 'hosts'] as const) {
      await writeIfChanged(this.#options.files[map], contents[map] === '' ? '' : `${contents[map]}\n`)
      if (contents[map] !== this.#maps[map]) changed.push(map)
    }
    this.#maps = contents
    return changed
  }

  /** Writes the certificates that are to be shown; true when they have changed. */
  async #writeCertificates(plan: GatewayPlan): Promise<boolean> {
    const { files } = this.#options
    const fingerprint = JSON.stringify([...plan.certificates])
    if (fingerprint === this.#certificates) return false
    const file = (name: string): string => join(files.certificates, `${name}.pem`)
    let changed = false
    const hasDefault = await readFile(file('default')).then(
      () => true,
      () => false,
    )
    if (!hasDefault) changed = await writeIfChanged(file('default'), await selfSigned(this.#options.clock.now()))
    const list = [file('default')]
    for (const [name, { pem, hosts }] of plan.certificates) {
      if (await writeIfChanged(file(name), pem)) changed = true
      list.push([file(name), ...hosts].join(' '))
    }
    if (await writeIfChanged(files.certificateList, `${list.join('\n')}\n`)) changed = true
    const kept = new Set(['default', ...plan.certificates.keys()].map((name) => `${name}.pem`))
    for (const name of await readdir(files.certificates)) if (!kept.has(name)) await rm(join(files.certificates, name))
    this.#certificates = fingerprint
    return changed
  }
}

function newSlot(): Slot {
  return { servers: new Map(), leaving: new Map() }
}

/** What a client sees that asks for a host of which nobody gave a certificate. */
async function selfSigned(now: number): Promise<Certificate['pem']> {
  const { certificate, key } = await createAuthority('wherry gateway (no certificate for this host)', 3650, now)
  return certificate + key
}

async function writeIfChanged(file: string, text: string): Promise<boolean> {
  if (
    await readFile(file, 'utf8').then(
      (before) => before === text,
      () => false,
    )
  )
    return false
  await writeWhole(file, text)
  return true
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.next`, text, { mode: 0o600 })
  await rename(`${file}.next`, file)
}
