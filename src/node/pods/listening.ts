import { readFileSync } from 'node:fs'
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

const LOOK_MS = 5_000

/**
 * Records on which ports the containers of each ready pod listen, whenever that changes: `why` needs it to tell a Service
 * whose port nobody answers. A look costs two small files of the kernel for each pod.
 */
export async function recordListening({ pods, cgroups, narrator, clock, signal }: ListeningOptions): Promise<void> {
  const known = new Map<string, string>()
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal).catch(() => {})
    const seen = new Set<string>()
    for (const pod of pods()) {
      const { uid } = pod.metadata
      if (
        signal.aborted ||
        pod.spec.hostNetwork ||
        !pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
      )
        continue
      seen.add(uid)
      const ports = portsOf(cgroups.process(pod))
      if (ports === undefined || known.get(uid) === ports.join()) continue
      known.set(uid, ports.join())
      const message =
        ports.length === 0 ? 'its containers listen on no TCP port' : `its containers listen on TCP ${ports.join(', ')}`
      narrator.say(pod, { verdict: 'done', reason: 'Listening', message, because: [{ message, facts: { ports } }] })
    }
    for (const uid of known.keys()) if (!seen.has(uid)) known.delete(uid)
  }
}

function portsOf(pid: number | undefined): readonly number[] | undefined {
  if (pid === undefined) return undefined
  try {
    return listeningPorts(['tcp', 'tcp6'].map((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8')).join('\n'))
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
