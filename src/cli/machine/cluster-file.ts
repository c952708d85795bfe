import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'

/** One node of this machine. With `namespace`, it lives in that network namespace, with mounts and hostname of its own. */
export interface NodeRecord {
  readonly name: string
  readonly address: string
  readonly namespace?: string
  /** With `namespace`: the range of its pods, once the control plane has given it one. */
  readonly podRange?: string
  /** Its overlay range is given by the control plane; its agent's port is the same everywhere. */
  readonly agentPort: number
}

/** What `up` decided about a cluster, in DIR/cluster.json: everything that a restart must find again unchanged. */
export interface ClusterFile {
  readonly format: 1
  readonly name: string
  /** 0 for the first cluster of a machine; ports, ranges and link names of further ones follow from it. */
  readonly slot: number
  readonly apiHost: string
  readonly apiPort: number
  readonly serviceRange: string
  readonly podRange: string
  readonly dnsAddress: string
  readonly clusterDomain: string
  readonly gateway: { readonly address: string; readonly http: number; readonly https: number }
  readonly nodes: readonly NodeRecord[]
  readonly supervisor: 'systemd' | 'shell'
  readonly createdAt: string
}

/** Where everything of one cluster lies. */
export interface Layout {
  readonly root: string
  readonly clusterFile: string
  readonly kubeconfig: string
  readonly pki: string
  /** The server's own folder: store, decisions. Owned by the server's user. */
  readonly server: string
  readonly run: string
  readonly log: string
  readonly tools: string
  readonly lock: string
  node(name: string): string
}

/** The folders of a cluster below its data directory. */
export function layoutOf(dataDir: string): Layout {
  const at = (...parts: string[]): string => join(dataDir, ...parts)
  return {
    root: dataDir,
    clusterFile: at('cluster.json'),
    kubeconfig: at('kubeconfig'),
    pki: at('pki'),
    server: at('server'),
    run: at('run'),
    log: at('log'),
    tools: at('tools'),
    lock: at('up.lock'),
    node: (name) => at('nodes', name),
  }
}

/** The cluster of a data directory; undefined when none was made there. */
export function readClusterFile(layout: Layout): ClusterFile | undefined {
  let text: string
  try {
    text = readFileSync(layout.clusterFile, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new WherryError('unavailable', `${layout.clusterFile} cannot be read: ${(error as Error).message}`, {
      hint:
        code === 'EACCES'
          ? 'Run this as root (sudo), or name another directory with --data-dir.'
          : 'Check the disk and the permissions.',
    })
  }
  try {
    const file = JSON.parse(text) as Partial<ClusterFile>
    if (file.format !== 1 || typeof file.name !== 'string' || !Array.isArray(file.nodes))
      throw new Error('it is not a cluster file')
    return file as ClusterFile
  } catch (error) {
    throw new WherryError('unavailable', `${layout.clusterFile} is damaged: ${(error as Error).message}`, {
      hint: `Restore it from a backup, or start over with \`wherry down --purge --data-dir ${layout.root}\`.`,
    })
  }
}

/** Replaces the file in one step, so that a crash leaves the old one or the new one. */
export function writeClusterFile(layout: Layout, file: ClusterFile): void {
  mkdirSync(layout.root, { recursive: true, mode: 0o755 })
  const next = `${layout.clusterFile}.next`
  writeFileSync(next, JSON.stringify(file, null, 2) + '\n', { mode: 0o644 })
  renameSync(next, layout.clusterFile)
}

/** Where a node's own containerd listens. */
export function containerdSocket(layout: Layout, node: string): string {
  return join(layout.node(node), 'containerd', 'containerd.sock')
}
