import { join } from 'node:path'
import { pauseImageName } from './pause-image.ts'

export interface ContainerdFacts {
  readonly dir: string
  readonly socket: string
  readonly cniBinDir: string
  readonly cniConfDir: string
  readonly snapshotter: string
  readonly apparmor: boolean
  /** Whether processes may be given a lower OOM score than ours: containers of a guaranteed pod ask for it. */
  readonly mayLowerOomScore: boolean
}

/** The configuration of a containerd that shares nothing with another one on the same machine. */
export function containerdConfig(facts: ContainerdFacts): string {
  const { dir } = facts
  const text = (value: string): string => JSON.stringify(value)
  return `version = 2
root = ${text(join(dir, 'root'))}
state = ${text(join(dir, 'state'))}
oom_score = ${facts.mayLowerOomScore ? -999 : 0}
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing",
  "io.containerd.internal.v1.restart",
]

[grpc]
address = ${text(facts.socket)}

[plugins."io.containerd.internal.v1.opt"]
path = ${text(join(dir, 'opt'))}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = ${text(pauseImageName)}
disable_apparmor = ${!facts.apparmor}
restrict_oom_score_adj = ${!facts.mayLowerOomScore}
enable_unprivileged_ports = true
enable_unprivileged_icmp = true
stream_server_address = "127.0.0.1"
stream_server_port = "0"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = ${text(facts.snapshotter)}
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
BinaryName = "crun"
SystemdCgroup = false

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = ${text(facts.cniBinDir)}
conf_dir = ${text(facts.cniConfDir)}

[plugins."io.containerd.grpc.v1.cri".registry]
config_path = ${text(join(dir, 'registries'))}
`
}
