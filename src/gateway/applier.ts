import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { createAuthority } from '../lib/pki.ts'
import { type ConfigFacts, ENDED, PASSED, renderConfig, serverName, slotName } from './config.ts'
import { type Haproxy, runningPid, superviseHaproxy } from './haproxy.ts'
import { mapCommands, mapLines, portions } from './maps.ts'
import type { Certificate, GatewayPlan, Target } from './plan.ts'
import {
  busyConnections,
  busySessions,
  commandLines,
  listServers,
  replaceMap,
  runtimeCommand,
  type ServerState,
} from './runtime-api.ts'

export interface ApplierOptions extends ConfigFacts {
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  readonly outlive?: (pid: number) => void
}

const SLOTS_MIN = 64
/** In the order in which they change: a host is known last, so that none of its requests meets half of its routes. */
const MAPS = ['exact', 'prefix', 'hosts', 'tls'] as const
type MapName = (typeof MAPS)[number]
const DELETE_RETRY_MS = 500

interface MapChange {
  readonly map: MapName
  /** Undefined when it is not known what HAProxy has. */
  readonly before: string | undefined
  readonly after: string
}

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
  /** The Service that gets TLS as it is. */
  readonly #passed = newSlot()
  /** Whether the configuration has a place for such a Service: from the first one on, until HAProxy is started anew. */
  #passes = false
  /** Which backend of a plan is where. */
  readonly #places = new Map<string, number>()
  /** As HAProxy has them; one that is absent is not known yet. */
  #maps: Partial<Record<MapName, string>> = {}
  #writtenPlaces = ''
  #certificates = ''
  #sweeping = false
  #last: Promise<void> = Promise.resolve()

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
      this.#passes = false
      this.#assign(plan)
      this.#setServers(plan)
      await this.#writeCertificates(plan)
      await this.#writeMaps(plan)
    }
    this.#haproxy = await superviseHaproxy({ ...this.#options, prepare: () => this.#writeConfig() })
    if (runs) await this.apply(plan)
  }

  /** Brings HAProxy from where it is to where the plan wants it. Whatever goes wrong on the way ends in a reload. */
  apply(plan: GatewayPlan): Promise<void> {
    return this.#alone(() => this.#apply(plan))
  }

  async #apply(plan: GatewayPlan): Promise<void> {
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
    const commands: string[] = []
    for (const { map, before, after } of await this.#writeMaps(plan)) {
      const some = mapCommands(files[map], before, after)
      if (some !== undefined) commands.push(...some)
      else {
        await this.#commands(commands.splice(0))
        const lines = after.split('\n').filter((line) => line !== '')
        await replaceMap(files.runtimeSocket, files[map], portions(lines))
      }
    }
    await this.#commands(commands)
    await this.#writePlaces()
    this.#sweep()
  }

  /** How many requests are under way to an address, and how many connections are that are passed on as they are. */
  async busy(address: string): Promise<{ readonly requests: number; readonly connections: number }> {
    const counts = await this.#counts()
    const at = (backend: string, { servers, leaving }: Slot): number =>
      [...servers, ...leaving]
        .filter(([, target]) => target.address === address)
        .reduce((sum, [name]) => sum + (counts.get(`${backend}/${name}`) ?? 0), 0)
    return {
      requests: this.#slots.reduce((sum, slot, index) => sum + at(slotName(index), slot), 0),
      connections: at(PASSED, this.#passed),
    }
  }

  /** What is under way to each server, by `backend/server`: requests, and connections that are passed on as they are. */
  async #counts(): Promise<ReadonlyMap<string, number>> {
    const { runtimeSocket } = this.#options.files
    const counts = new Map(await busyConnections(runtimeSocket))
    // HAProxy counts those only as sessions.
    if (this.#passes)
      for (const [name, count] of await busySessions(runtimeSocket, PASSED)) counts.set(`${PASSED}/${name}`, count)
    return counts
  }

  /** Every backend that has servers of a plan, by the name that it has in the configuration. */
  #backends(): readonly (readonly [string, Slot])[] {
    return [...this.#slots.map((slot, index) => [slotName(index), slot] as const), [PASSED, this.#passed]]
  }

  async #listServers(): Promise<readonly ServerState[]> {
    const all = await listServers(this.#options.files.runtimeSocket)
    return all.filter(({ backend }) => backend !== ENDED)
  }

  /** What an earlier agent left: its places are kept, so that routes and servers stay where they are. */
  async #readPlaces(): Promise<void> {
    type Places = { places?: Record<string, number>; slots?: number; passes?: boolean }
    const {
      places = {},
      slots = SLOTS_MIN,
      passes = false,
    } = await readFile(this.#placesFile, 'utf8').then(
      (text) => JSON.parse(text) as Places,
      () => ({}) as Places,
    )
    this.#passes = passes
    this.#slots = Array.from({ length: slots }, newSlot)
    for (const [key, slot] of Object.entries(places)) if (slot < slots) this.#places.set(key, slot)
  }

  /** The servers that HAProxy has now, whatever happened while nobody looked after it. */
  async #adoptServers(): Promise<void> {
    const backends = new Map(this.#backends())
    for (const { backend, name, address, port, takesRequests } of await this.#listServers()) {
      const slot = backends.get(backend)
      if (slot === undefined) throw new Error(`HAProxy has a backend that is not known: ${backend}`)
      ;(takesRequests ? slot.servers : slot.leaving).set(name, { address, port })
    }
  }

  get #placesFile(): string {
    return join(dirname(this.#options.files.config), 'places.json')
  }

  /** Gives each backend a place; true when the configuration has none for some. A place is free again when its last server has left. */
  #assign(plan: GatewayPlan): boolean {
    for (const key of this.#places.keys()) {
      if (plan.backends.has(key)) continue
      const slot = this.#slots[this.#places.get(key)!]!
      if (slot.servers.size === 0 && slot.leaving.size === 0) this.#places.delete(key)
    }
    const taken = new Set(this.#places.values())
    let next = 0
    let grew = plan.passthrough !== undefined && !this.#passes
    if (grew) this.#passes = true
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
    const wanted = this.#wanted(plan)
    for (const [backend, { servers, leaving }] of this.#backends()) {
      servers.clear()
      leaving.clear()
      for (const target of wanted.get(backend) ?? []) servers.set(serverName(target), target)
    }
  }

  /** By the backend's name in the configuration. */
  #wanted(plan: GatewayPlan): ReadonlyMap<string, readonly Target[]> {
    const wanted = new Map([...plan.backends].map(([key, targets]) => [slotName(this.#places.get(key)!), targets]))
    if (plan.passthrough !== undefined) wanted.set(PASSED, plan.passthrough)
    return wanted
  }

  async #changeServers(plan: GatewayPlan): Promise<void> {
    const wanted = this.#wanted(plan)
    for (const [backend, slot] of this.#backends()) {
      const there = new Map((wanted.get(backend) ?? []).map((target) => [serverName(target), target]))
      for (const [name, target] of there) if (!slot.servers.has(name)) await this.#add(backend, slot, name, target)
      for (const [name, target] of slot.servers) {
        if (there.has(name)) continue
        await this.#command(`set server ${backend}/${name} state drain`)
        slot.servers.delete(name)
        slot.leaving.set(name, target)
      }
    }
  }

  async #add(backend: string, slot: Slot, name: string, target: Target): Promise<void> {
    const path = `${backend}/${name}`
    if (slot.leaving.delete(name)) await this.#command(`set server ${path} state ready`)
    else {
      const add = `add server ${path} ${target.address}:${target.port}; enable server ${path}`
      await this.#command(add, /^New server registered\.?$/)
    }
    slot.servers.set(name, target)
  }

  /** An answer that is not the expected one means that HAProxy is not where we believe it to be: then all is written anew. */
  async #command(command: string, expected = /^$/): Promise<void> {
    const answer = await runtimeCommand(this.#options.files.runtimeSocket, command)
    if (!expected.test(answer)) throw new Error(`HAProxy: ${command}: ${answer}`)
  }

  async #commands(commands: readonly string[]): Promise<void> {
    for (const line of commandLines(commands)) await this.#command(line)
  }

  /** Deletes servers that have no request any more; looks again until none is left. */
  #sweep(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    const { clock, signal, log } = this.#options
    const run = async (): Promise<void> => {
      while (!signal.aborted && this.#backends().some(([, { leaving }]) => leaving.size > 0)) {
        await clock.sleep(DELETE_RETRY_MS, signal)
        await this.#deleteIdle()
      }
    }
    void run()
      .catch(
        (error: unknown) => void (signal.aborted || log.warn('servers that have left could not be deleted', { error })),
      )
      .finally(() => (this.#sweeping = false))
  }

  /** One at a time, so that no change has to wait for all of them. */
  async #deleteIdle(): Promise<void> {
    const { runtimeSocket } = this.#options.files
    const busy = await this.#counts()
    for (const [backend, { leaving }] of this.#backends()) {
      for (const name of leaving.keys()) {
        const path = `${backend}/${name}`
        if ((busy.get(path) ?? 0) > 0) continue
        await this.#alone(async () => {
          if (!leaving.has(name)) return
          await runtimeCommand(runtimeSocket, `set server ${path} state maint`)
          const answer = await runtimeCommand(runtimeSocket, `del server ${path}`)
          if (/deleted|No such server/.test(answer)) leaving.delete(name)
        })
      }
    }
  }

  /**
   * Does something while nothing else is done to HAProxy: a server that is being deleted must not be told meanwhile to
   * take requests again, since it would be believed to be there when it is gone.
   */
  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  async #reload(): Promise<void> {
    await this.#writeConfig()
    await this.#haproxy!.reload()
    const known = new Set(
      this.#backends().flatMap(([backend, { servers }]) => [...servers.keys()].map((name) => `${backend}/${name}`)),
    )
    const there = await this.#listServers()
    const strange = there.filter(({ backend, name }) => !known.has(`${backend}/${name}`))
    if (strange.length > 0 || there.length !== known.size)
      throw new Error('HAProxy did not take the configuration that was written')
  }

  async #writeConfig(): Promise<void> {
    const { files } = this.#options
    // After a crash nothing is leaving any more.
    for (const [, { leaving }] of this.#backends()) leaving.clear()
    const targets = this.#slots.map(({ servers }) => [...servers.values()])
    const passed = this.#passes ? [...this.#passed.servers.values()] : undefined
    await writeWhole(files.config, renderConfig(this.#options, targets, passed))
    await this.#writePlaces()
  }

  async #writePlaces(): Promise<void> {
    const text = this.#placesText()
    if (text === this.#writtenPlaces) return
    await writeWhole(this.#placesFile, text)
    this.#writtenPlaces = text
  }

  #placesText(): string {
    const places = Object.fromEntries(this.#places)
    return JSON.stringify({ slots: this.#slots.length, places, passes: this.#passes })
  }

  /** Writes the maps that have changed, for the next start, and says which of them HAProxy is to be told of. */
  async #writeMaps(plan: GatewayPlan): Promise<readonly MapChange[]> {
    const place = ([key, backend]: readonly [string, string]): readonly [string, string] => [
      key,
      slotName(this.#places.get(backend)!),
    ]
    const tls = [...plan.tlsHosts].filter((host) => host !== '*').map((host) => [host, ENDED] as const)
    const contents = {
      hosts: mapLines([...plan.hosts].map((host) => [host, host] as const)).join('\n'),
      exact: mapLines([...plan.exact].map(place)).join('\n'),
      prefix: mapLines([...plan.prefix].map(place)).join('\n'),
      tls: mapLines(plan.passthrough === undefined ? tls : [...tls, ['*', PASSED] as const]).join('\n'),
    }
    const changed: MapChange[] = []
    for (const map of MAPS) {
      const [before, after] = [this.#maps[map], contents[map]]
      if (before === after) continue
      await writeWhole(this.#options.files[map], after === '' ? '' : `${after}\n`)
      // HAProxy has read this one only where its configuration asks for it.
      if (map !== 'tls' || this.#passes) changed.push({ map, before, after })
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
