import { readFile } from 'node:fs/promises'
import type { Pod } from '../../api/core/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import type { PodCgroups } from './cgroups.ts'
import type { Narrator } from './narrator.ts'

export interface ListeningOptions {
  readonly pods: () => readonly Pod[]
  readonly cgroups: Pick<PodCgroups, 'process'>
  readonly narrator: Narrator
  readonly clock: Clock
  readonly signal: AbortSignal
}

const TICK_MS = 2000
/**
 * How long after a pod became ready it is looked at. The kernel walks through every connection of the machine to answer,
 * which takes it some 10 ms: so not every pod can be asked all the time, and servers mostly listen from the start.
 */
const LOOKS_MS = [2000, 20_000, 300_000]

interface Seen {
  readonly since: number
  looks: number
  ports: string | undefined
}

/** Records on which ports the containers of each ready pod listen: `why` needs it to tell a Service whose port nobody answers. */
export async function recordListening({ pods, cgroups, narrator, clock, signal }: ListeningOptions): Promise<void> {
  const known = new Map<string, Seen>()
  while (!signal.aborted) {
    await clock.sleep(TICK_MS, signal).catch(() => {})
    const ready = pods().filter(isReady)
    const uids = new Set(ready.map(({ metadata }) => metadata.uid))
    for (const uid of known.keys()) if (!uids.has(uid)) known.delete(uid)
    for (const pod of ready) {
      const { uid } = pod.metadata
      let seen = known.get(uid)
      if (seen === undefined) known.set(uid, (seen = { since: clock.now(), looks: 0, ports: undefined }))
      const next = LOOKS_MS[seen.looks]
      if (signal.aborted || next === undefined || clock.now() < seen.since + next) continue
      seen.looks++
      const ports = await portsOf(cgroups.process(pod))
      if (ports === undefined || seen.ports === ports.join()) continue
      seen.ports = ports.join()
      const message =
        ports.length === 0 ? 'its containers listen on no TCP port' : `its containers listen on TCP ${ports.join(', ')}`
      narrator.say(pod, { verdict: 'done', reason: 'Listening', message, because: [{ message, facts: { ports } }] })
    }
  }
}

function isReady({ spec, status }: Pod): boolean {
  return spec.hostNetwork !== true && status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
}

async function portsOf(pid: number | undefined): Promise<readonly number[] | undefined> {
  if (pid === undefined) return undefined
  try {
    const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')))
    return listeningPorts(tables.join('\n'))
  } catch {
    return undefined
  }
}

const LISTEN = '0A'
const LOOPBACK = /^(0100007F|00000000000000000000000001000000)$/

/** The ports of /proc/PID/net/tcp and tcp6 that take connections from elsewhere, in order (proc_net(5)). */
export function listeningPorts(tables: string): readonly number[] {
  const ports = new Set<number>()
  for (const line of tables.split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address = '', port = ''] = local.split(':')
    if (state === LISTEN && !LOOPBACK.test(address)) ports.add(Number.parseInt(port, 16))
  }
  return [...ports].toSorted((a, b) => a - b)
}
