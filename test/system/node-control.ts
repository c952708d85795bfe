import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { containerdPid } from '../../src/cli/machine/bring-up.ts'
import { type ClusterFile, layoutOf, readClusterFile } from '../../src/cli/machine/cluster-file.ts'
import { underlayOf } from '../../src/cli/machine/network.ts'
import { processesWith } from '../../src/cli/machine/cleanup.ts'
import { mustCall, type SystemCluster } from './system-cluster.ts'

/** What can happen to a machine, done to a node of `up --nodes N` by its name. */
export interface NodeControl {
  /** Nobody reaches it, and it reaches nobody. */
  cutOff(): Promise<void>
  reconnect(): Promise<void>
  /** It stands still: every process of it, those in its containers too. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Every process of it is gone at once, as when the power fails. */
  kill(): Promise<void>
  /** It is started again, with what its disk holds. */
  bringBack(): Promise<void>
}

export function nodeControl(cluster: SystemCluster, name: string): NodeControl {
  const layout = layoutOf(cluster.dataDir)
  const file = readClusterFile(layout) as ClusterFile
  const index = file.nodes.findIndex((node) => node.name === name)
  const node = file.nodes[index]
  if (node?.namespace === undefined) throw new Error(`${name} is no node with namespaces of its own`)
  const link = underlayOf(file.slot).link(index)
  const signal = (what: NodeJS.Signals): void => {
    for (const pid of processesOf(node.namespace!, layout.node(name), `agent-${name} ${layout.run} `)) {
      try {
        process.kill(pid, what)
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  return {
    cutOff: async () => void (await mustCall('ip', ['link', 'set', link, 'down'])),
    reconnect: async () => void (await mustCall('ip', ['link', 'set', link, 'up'])),
    pause: async () => signal('SIGSTOP'),
    resume: async () => signal('SIGCONT'),
    async kill() {
      // Those that start others go first, so that nothing comes back.
      signal('SIGSTOP')
      signal('SIGKILL')
      while (containerdPid(layout, node) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async bringBack() {
      const up = await cluster.wherry('up')
      if (up.code !== 0) throw new Error(up.stderr)
    },
  }
}

/** Every process that runs in a node's network namespace, in those of its pods, or under its folder's name. */
function processesOf(namespace: string, dataDir: string, supervisor: string): readonly number[] {
  const netns = (pid: number | string): string => readLink(`/proc/${pid}/ns/net`)
  const own = new Set(processesWith(`${dataDir}/`))
  for (const pid of processesWith(`supervise ${supervisor}`)) own.add(pid)
  const spaces = new Set([...own].map(netns).filter((space) => space !== '' && space !== netns('self')))
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (spaces.has(netns(pid)) || readParents(Number(pid)).some((parent) => own.has(parent))) own.add(Number(pid))
  }
  own.delete(process.pid)
  if (namespace === '') throw new Error('the host itself is not to be stopped')
  return [...own]
}

function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** A process and those it descends from: a container's processes descend from its shim. */
function readParents(pid: number): readonly number[] {
  const line: number[] = []
  for (let at = pid; at > 1 && line.length < 50;) {
    line.push(at)
    try {
      at = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${at}/stat`, 'utf8'))?.[1] ?? 0)
    } catch {
      break
    }
  }
  return line
}
