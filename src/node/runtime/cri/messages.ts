import type { Table } from '../codec.ts'

/** The container runtime interface v1: its messages as tables, and the types of their objects. Made by tools/cri.ts. */

export const Protocol = {
  TCP: 0,
  UDP: 1,
  SCTP: 2,
} as const
export type Protocol = keyof typeof Protocol

export const MountPropagation = {
  PROPAGATION_PRIVATE: 0,
  PROPAGATION_HOST_TO_CONTAINER: 1,
  PROPAGATION_BIDIRECTIONAL: 2,
} as const
export type MountPropagation = keyof typeof MountPropagation

export const NamespaceMode = {
  POD: 0,
  CONTAINER: 1,
  NODE: 2,
  TARGET: 3,
} as const
export type NamespaceMode = keyof typeof NamespaceMode

export const SupplementalGroupsPolicy = {
  Merge: 0,
  Strict: 1,
} as const
export type SupplementalGroupsPolicy = keyof typeof SupplementalGroupsPolicy

export const PodSandboxState = {
  SANDBOX_READY: 0,
  SANDBOX_NOTREADY: 1,
} as const
export type PodSandboxState = keyof typeof PodSandboxState

export const Signal = {
  RUNTIME_DEFAULT: 0,
  SIGABRT: 1,
  SIGALRM: 2,
  SIGBUS: 3,
  SIGCHLD: 4,
  SIGCLD: 5,
  SIGCONT: 6,
  SIGFPE: 7,
  SIGHUP: 8,
  SIGILL: 9,
  SIGINT: 10,
  SIGIO: 11,
  SIGIOT: 12,
  SIGKILL: 13,
  SIGPIPE: 14,
  SIGPOLL: 15,
  SIGPROF: 16,
  SIGPWR: 17,
  SIGQUIT: 18,
  SIGSEGV: 19,
  SIGSTKFLT: 20,
  SIGSTOP: 21,
  SIGSYS: 22,
  SIGTERM: 23,
  SIGTRAP: 24,
  SIGTSTP: 25,
  SIGTTIN: 26,
  SIGTTOU: 27,
  SIGURG: 28,
  SIGUSR1: 29,
  SIGUSR2: 30,
  SIGVTALRM: 31,
  SIGWINCH: 32,
  SIGXCPU: 33,
  SIGXFSZ: 34,
  SIGRTMIN: 35,
  SIGRTMINPLUS1: 36,
  SIGRTMINPLUS2: 37,
  SIGRTMINPLUS3: 38,
  SIGRTMINPLUS4: 39,
  SIGRTMINPLUS5: 40,
  SIGRTMINPLUS6: 41,
  SIGRTMINPLUS7: 42,
  SIGRTMINPLUS8: 43,
  SIGRTMINPLUS9: 44,
  SIGRTMINPLUS10: 45,
  SIGRTMINPLUS11: 46,
  SIGRTMINPLUS12: 47,
  SIGRTMINPLUS13: 48,
  SIGRTMINPLUS14: 49,
  SIGRTMINPLUS15: 50,
  SIGRTMAXMINUS14: 51,
  SIGRTMAXMINUS13: 52,
  SIGRTMAXMINUS12: 53,
  SIGRTMAXMINUS11: 54,
  SIGRTMAXMINUS10: 55,
  SIGRTMAXMINUS9: 56,
  SIGRTMAXMINUS8: 57,
  SIGRTMAXMINUS7: 58,
  SIGRTMAXMINUS6: 59,
  SIGRTMAXMINUS5: 60,
  SIGRTMAXMINUS4: 61,
  SIGRTMAXMINUS3: 62,
  SIGRTMAXMINUS2: 63,
  SIGRTMAXMINUS1: 64,
  SIGRTMAX: 65,
} as const
export type Signal = keyof typeof Signal

export const ContainerState = {
  CONTAINER_CREATED: 0,
  CONTAINER_RUNNING: 1,
  CONTAINER_EXITED: 2,
  CONTAINER_UNKNOWN: 3,
} as const
export type ContainerState = keyof typeof ContainerState

export const ContainerEventType = {
  CONTAINER_CREATED_EVENT: 0,
  CONTAINER_STARTED_EVENT: 1,
  CONTAINER_STOPPED_EVENT: 2,
  CONTAINER_DELETED_EVENT: 3,
} as const
export type ContainerEventType = keyof typeof ContainerEventType

export const CgroupDriver = {
  SYSTEMD: 0,
  CGROUPFS: 1,
} as const
export type CgroupDriver = keyof typeof CgroupDriver

export const ProfileType = {
  RuntimeDefault: 0,
  Unconfined: 1,
  Localhost: 2,
} as const
export type ProfileType = keyof typeof ProfileType

export interface VersionRequest {
  version: string
}
export const VersionRequest: Table<VersionRequest> = {
  version: { number: 1, type: 'string' },
}

export interface VersionResponse {
  version: string
  runtimeName: string
  runtimeVersion: string
  runtimeApiVersion: string
}
export const VersionResponse: Table<VersionResponse> = {
  version: { number: 1, type: 'string' },
  runtimeName: { number: 2, type: 'string' },
  runtimeVersion: { number: 3, type: 'string' },
  runtimeApiVersion: { number: 4, type: 'string' },
}

export interface DNSConfig {
  servers: string[]
  searches: string[]
  options: string[]
}
export const DNSConfig: Table<DNSConfig> = {
  servers: { number: 1, type: 'string', shape: 'list' },
  searches: { number: 2, type: 'string', shape: 'list' },
  options: { number: 3, type: 'string', shape: 'list' },
}

export interface PortMapping {
  protocol: Protocol
  containerPort: number
  hostPort: number
  hostIp: string
}
export const PortMapping: Table<PortMapping> = {
  protocol: { number: 1, type: { enum: Protocol } },
  containerPort: { number: 2, type: 'int32' },
  hostPort: { number: 3, type: 'int32' },
  hostIp: { number: 4, type: 'string' },
}

export interface Mount {
  containerPath: string
  hostPath: string
  readonly: boolean
  selinuxRelabel: boolean
  propagation: MountPropagation
  uidMappings: IDMapping[]
  gidMappings: IDMapping[]
  recursiveReadOnly: boolean
  image?: ImageSpec
  imageSubPath: string
}
export const Mount: Table<Mount> = {
  containerPath: { number: 1, type: 'string' },
  hostPath: { number: 2, type: 'string' },
  readonly: { number: 3, type: 'bool' },
  selinuxRelabel: { number: 4, type: 'bool' },
  propagation: { number: 5, type: { enum: MountPropagation } },
  uidMappings: { number: 6, type: () => IDMapping, shape: 'list' },
  gidMappings: { number: 7, type: () => IDMapping, shape: 'list' },
  recursiveReadOnly: { number: 8, type: 'bool' },
  image: { number: 9, type: () => ImageSpec },
  imageSubPath: { number: 10, type: 'string' },
}

export interface IDMapping {
  hostId: number
  containerId: number
  length: number
}
export const IDMapping: Table<IDMapping> = {
  hostId: { number: 1, type: 'uint32' },
  containerId: { number: 2, type: 'uint32' },
  length: { number: 3, type: 'uint32' },
}

export interface UserNamespace {
  mode: NamespaceMode
  uids: IDMapping[]
  gids: IDMapping[]
}
export const UserNamespace: Table<UserNamespace> = {
  mode: { number: 1, type: { enum: NamespaceMode } },
  uids: { number: 2, type: () => IDMapping, shape: 'list' },
  gids: { number: 3, type: () => IDMapping, shape: 'list' },
}

export interface NamespaceOption {
  network: NamespaceMode
  pid: NamespaceMode
  ipc: NamespaceMode
  targetId: string
  usernsOptions?: UserNamespace
}
export const NamespaceOption: Table<NamespaceOption> = {
  network: { number: 1, type: { enum: NamespaceMode } },
  pid: { number: 2, type: { enum: NamespaceMode } },
  ipc: { number: 3, type: { enum: NamespaceMode } },
  targetId: { number: 4, type: 'string' },
  usernsOptions: { number: 5, type: () => UserNamespace },
}

export interface Int64Value {
  value: number
}
export const Int64Value: Table<Int64Value> = {
  value: { number: 1, type: 'int64' },
}

export interface LinuxSandboxSecurityContext {
  namespaceOptions?: NamespaceOption
  selinuxOptions?: SELinuxOption
  runAsUser?: Int64Value
  runAsGroup?: Int64Value
  readonlyRootfs: boolean
  supplementalGroups: number[]
  supplementalGroupsPolicy: SupplementalGroupsPolicy
  privileged: boolean
  seccomp?: SecurityProfile
  apparmor?: SecurityProfile
}
export const LinuxSandboxSecurityContext: Table<LinuxSandboxSecurityContext> = {
  namespaceOptions: { number: 1, type: () => NamespaceOption },
  selinuxOptions: { number: 2, type: () => SELinuxOption },
  runAsUser: { number: 3, type: () => Int64Value },
  runAsGroup: { number: 8, type: () => Int64Value },
  readonlyRootfs: { number: 4, type: 'bool' },
  supplementalGroups: { number: 5, type: 'int64', shape: 'list' },
  supplementalGroupsPolicy: { number: 11, type: { enum: SupplementalGroupsPolicy } },
  privileged: { number: 6, type: 'bool' },
  seccomp: { number: 9, type: () => SecurityProfile },
  apparmor: { number: 10, type: () => SecurityProfile },
}

export interface SecurityProfile {
  profileType: ProfileType
  localhostRef: string
}
export const SecurityProfile: Table<SecurityProfile> = {
  profileType: { number: 1, type: { enum: ProfileType } },
  localhostRef: { number: 2, type: 'string' },
}

export interface LinuxPodSandboxConfig {
  cgroupParent: string
  securityContext?: LinuxSandboxSecurityContext
  sysctls: Record<string, string>
  overhead?: LinuxContainerResources
  resources?: LinuxContainerResources
}
export const LinuxPodSandboxConfig: Table<LinuxPodSandboxConfig> = {
  cgroupParent: { number: 1, type: 'string' },
  securityContext: { number: 2, type: () => LinuxSandboxSecurityContext },
  sysctls: { number: 3, type: 'string', shape: 'map' },
  overhead: { number: 4, type: () => LinuxContainerResources },
  resources: { number: 5, type: () => LinuxContainerResources },
}

export interface PodSandboxMetadata {
  name: string
  uid: string
  namespace: string
  attempt: number
}
export const PodSandboxMetadata: Table<PodSandboxMetadata> = {
  name: { number: 1, type: 'string' },
  uid: { number: 2, type: 'string' },
  namespace: { number: 3, type: 'string' },
  attempt: { number: 4, type: 'uint32' },
}

export interface PodSandboxConfig {
  metadata?: PodSandboxMetadata
  hostname: string
  logDirectory: string
  dnsConfig?: DNSConfig
  portMappings: PortMapping[]
  labels: Record<string, string>
  annotations: Record<string, string>
  linux?: LinuxPodSandboxConfig
}
export const PodSandboxConfig: Table<PodSandboxConfig> = {
  metadata: { number: 1, type: () => PodSandboxMetadata },
  hostname: { number: 2, type: 'string' },
  logDirectory: { number: 3, type: 'string' },
  dnsConfig: { number: 4, type: () => DNSConfig },
  portMappings: { number: 5, type: () => PortMapping, shape: 'list' },
  labels: { number: 6, type: 'string', shape: 'map' },
  annotations: { number: 7, type: 'string', shape: 'map' },
  linux: { number: 8, type: () => LinuxPodSandboxConfig },
}

export interface RunPodSandboxRequest {
  config?: PodSandboxConfig
  runtimeHandler: string
}
export const RunPodSandboxRequest: Table<RunPodSandboxRequest> = {
  config: { number: 1, type: () => PodSandboxConfig },
  runtimeHandler: { number: 2, type: 'string' },
}

export interface RunPodSandboxResponse {
  podSandboxId: string
}
export const RunPodSandboxResponse: Table<RunPodSandboxResponse> = {
  podSandboxId: { number: 1, type: 'string' },
}

export interface StopPodSandboxRequest {
  podSandboxId: string
}
export const StopPodSandboxRequest: Table<StopPodSandboxRequest> = {
  podSandboxId: { number: 1, type: 'string' },
}

export type StopPodSandboxResponse = Record<never, never>
export const StopPodSandboxResponse: Table<StopPodSandboxResponse> = {}

export interface RemovePodSandboxRequest {
  podSandboxId: string
}
export const RemovePodSandboxRequest: Table<RemovePodSandboxRequest> = {
  podSandboxId: { number: 1, type: 'string' },
}

export type RemovePodSandboxResponse = Record<never, never>
export const RemovePodSandboxResponse: Table<RemovePodSandboxResponse> = {}

export interface PodSandboxStatusRequest {
  podSandboxId: string
  verbose: boolean
}
export const PodSandboxStatusRequest: Table<PodSandboxStatusRequest> = {
  podSandboxId: { number: 1, type: 'string' },
  verbose: { number: 2, type: 'bool' },
}

export interface PodIP {
  ip: string
}
export const PodIP: Table<PodIP> = {
  ip: { number: 1, type: 'string' },
}

export interface PodSandboxNetworkStatus {
  ip: string
  additionalIps: PodIP[]
}
export const PodSandboxNetworkStatus: Table<PodSandboxNetworkStatus> = {
  ip: { number: 1, type: 'string' },
  additionalIps: { number: 2, type: () => PodIP, shape: 'list' },
}

export interface Namespace {
  options?: NamespaceOption
}
export const Namespace: Table<Namespace> = {
  options: { number: 2, type: () => NamespaceOption },
}

export interface LinuxPodSandboxStatus {
  namespaces?: Namespace
}
export const LinuxPodSandboxStatus: Table<LinuxPodSandboxStatus> = {
  namespaces: { number: 1, type: () => Namespace },
}

export interface PodSandboxStatus {
  id: string
  metadata?: PodSandboxMetadata
  state: PodSandboxState
  createdAt: number
  network?: PodSandboxNetworkStatus
  linux?: LinuxPodSandboxStatus
  labels: Record<string, string>
  annotations: Record<string, string>
  runtimeHandler: string
}
export const PodSandboxStatus: Table<PodSandboxStatus> = {
  id: { number: 1, type: 'string' },
  metadata: { number: 2, type: () => PodSandboxMetadata },
  state: { number: 3, type: { enum: PodSandboxState } },
  createdAt: { number: 4, type: 'int64' },
  network: { number: 5, type: () => PodSandboxNetworkStatus },
  linux: { number: 6, type: () => LinuxPodSandboxStatus },
  labels: { number: 7, type: 'string', shape: 'map' },
  annotations: { number: 8, type: 'string', shape: 'map' },
  runtimeHandler: { number: 9, type: 'string' },
}

export interface PodSandboxStatusResponse {
  status?: PodSandboxStatus
  info: Record<string, string>
  containersStatuses: ContainerStatus[]
  timestamp: number
}
export const PodSandboxStatusResponse: Table<PodSandboxStatusResponse> = {
  status: { number: 1, type: () => PodSandboxStatus },
  info: { number: 2, type: 'string', shape: 'map' },
  containersStatuses: { number: 3, type: () => ContainerStatus, shape: 'list' },
  timestamp: { number: 4, type: 'int64' },
}

export interface PodSandboxStateValue {
  state: PodSandboxState
}
export const PodSandboxStateValue: Table<PodSandboxStateValue> = {
  state: { number: 1, type: { enum: PodSandboxState } },
}

export interface PodSandboxFilter {
  id: string
  state?: PodSandboxStateValue
  labelSelector: Record<string, string>
}
export const PodSandboxFilter: Table<PodSandboxFilter> = {
  id: { number: 1, type: 'string' },
  state: { number: 2, type: () => PodSandboxStateValue },
  labelSelector: { number: 3, type: 'string', shape: 'map' },
}

export interface ListPodSandboxRequest {
  filter?: PodSandboxFilter
}
export const ListPodSandboxRequest: Table<ListPodSandboxRequest> = {
  filter: { number: 1, type: () => PodSandboxFilter },
}

export interface PodSandbox {
  id: string
  metadata?: PodSandboxMetadata
  state: PodSandboxState
  createdAt: number
  labels: Record<string, string>
  annotations: Record<string, string>
  runtimeHandler: string
}
export const PodSandbox: Table<PodSandbox> = {
  id: { number: 1, type: 'string' },
  metadata: { number: 2, type: () => PodSandboxMetadata },
  state: { number: 3, type: { enum: PodSandboxState } },
  createdAt: { number: 4, type: 'int64' },
  labels: { number: 5, type: 'string', shape: 'map' },
  annotations: { number: 6, type: 'string', shape: 'map' },
  runtimeHandler: { number: 7, type: 'string' },
}

export interface ListPodSandboxResponse {
  items: PodSandbox[]
}
export const ListPodSandboxResponse: Table<ListPodSandboxResponse> = {
  items: { number: 1, type: () => PodSandbox, shape: 'list' },
}

export interface PodSandboxStatsRequest {
  podSandboxId: string
}
export const PodSandboxStatsRequest: Table<PodSandboxStatsRequest> = {
  podSandboxId: { number: 1, type: 'string' },
}

export interface PodSandboxStatsResponse {
  stats?: PodSandboxStats
}
export const PodSandboxStatsResponse: Table<PodSandboxStatsResponse> = {
  stats: { number: 1, type: () => PodSandboxStats },
}

export interface PodSandboxStatsFilter {
  id: string
  labelSelector: Record<string, string>
}
export const PodSandboxStatsFilter: Table<PodSandboxStatsFilter> = {
  id: { number: 1, type: 'string' },
  labelSelector: { number: 2, type: 'string', shape: 'map' },
}

export interface ListPodSandboxStatsRequest {
  filter?: PodSandboxStatsFilter
}
export const ListPodSandboxStatsRequest: Table<ListPodSandboxStatsRequest> = {
  filter: { number: 1, type: () => PodSandboxStatsFilter },
}

export interface ListPodSandboxStatsResponse {
  stats: PodSandboxStats[]
}
export const ListPodSandboxStatsResponse: Table<ListPodSandboxStatsResponse> = {
  stats: { number: 1, type: () => PodSandboxStats, shape: 'list' },
}

export interface PodSandboxAttributes {
  id: string
  metadata?: PodSandboxMetadata
  labels: Record<string, string>
  annotations: Record<string, string>
}
export const PodSandboxAttributes: Table<PodSandboxAttributes> = {
  id: { number: 1, type: 'string' },
  metadata: { number: 2, type: () => PodSandboxMetadata },
  labels: { number: 3, type: 'string', shape: 'map' },
  annotations: { number: 4, type: 'string', shape: 'map' },
}

export interface PodSandboxStats {
  attributes?: PodSandboxAttributes
  linux?: LinuxPodSandboxStats
}
export const PodSandboxStats: Table<PodSandboxStats> = {
  attributes: { number: 1, type: () => PodSandboxAttributes },
  linux: { number: 2, type: () => LinuxPodSandboxStats },
}

export interface LinuxPodSandboxStats {
  cpu?: CpuUsage
  memory?: MemoryUsage
  network?: NetworkUsage
  process?: ProcessUsage
  containers: ContainerStats[]
  io?: IoUsage
}
export const LinuxPodSandboxStats: Table<LinuxPodSandboxStats> = {
  cpu: { number: 1, type: () => CpuUsage },
  memory: { number: 2, type: () => MemoryUsage },
  network: { number: 3, type: () => NetworkUsage },
  process: { number: 4, type: () => ProcessUsage },
  containers: { number: 5, type: () => ContainerStats, shape: 'list' },
  io: { number: 6, type: () => IoUsage },
}

export interface NetworkUsage {
  timestamp: number
  defaultInterface?: NetworkInterfaceUsage
  interfaces: NetworkInterfaceUsage[]
}
export const NetworkUsage: Table<NetworkUsage> = {
  timestamp: { number: 1, type: 'int64' },
  defaultInterface: { number: 2, type: () => NetworkInterfaceUsage },
  interfaces: { number: 3, type: () => NetworkInterfaceUsage, shape: 'list' },
}

export interface NetworkInterfaceUsage {
  name: string
  rxBytes?: UInt64Value
  rxErrors?: UInt64Value
  txBytes?: UInt64Value
  txErrors?: UInt64Value
}
export const NetworkInterfaceUsage: Table<NetworkInterfaceUsage> = {
  name: { number: 1, type: 'string' },
  rxBytes: { number: 2, type: () => UInt64Value },
  rxErrors: { number: 3, type: () => UInt64Value },
  txBytes: { number: 4, type: () => UInt64Value },
  txErrors: { number: 5, type: () => UInt64Value },
}

export interface ProcessUsage {
  timestamp: number
  processCount?: UInt64Value
}
export const ProcessUsage: Table<ProcessUsage> = {
  timestamp: { number: 1, type: 'int64' },
  processCount: { number: 2, type: () => UInt64Value },
}

export interface ImageSpec {
  image: string
  annotations: Record<string, string>
  userSpecifiedImage: string
  runtimeHandler: string
  imageRef: string
}
export const ImageSpec: Table<ImageSpec> = {
  image: { number: 1, type: 'string' },
  annotations: { number: 2, type: 'string', shape: 'map' },
  userSpecifiedImage: { number: 18, type: 'string' },
  runtimeHandler: { number: 19, type: 'string' },
  imageRef: { number: 20, type: 'string' },
}

export interface KeyValue {
  key: string
  value: Uint8Array
}
export const KeyValue: Table<KeyValue> = {
  key: { number: 1, type: 'string' },
  value: { number: 2, type: 'bytes' },
}

export interface LinuxContainerResources {
  cpuPeriod: number
  cpuQuota: number
  cpuShares: number
  memoryLimitInBytes: number
  oomScoreAdj: number
  cpusetCpus: string
  cpusetMems: string
  hugepageLimits: HugepageLimit[]
  unified: Record<string, string>
  memorySwapLimitInBytes: number
}
export const LinuxContainerResources: Table<LinuxContainerResources> = {
  cpuPeriod: { number: 1, type: 'int64' },
  cpuQuota: { number: 2, type: 'int64' },
  cpuShares: { number: 3, type: 'int64' },
  memoryLimitInBytes: { number: 4, type: 'int64' },
  oomScoreAdj: { number: 5, type: 'int64' },
  cpusetCpus: { number: 6, type: 'string' },
  cpusetMems: { number: 7, type: 'string' },
  hugepageLimits: { number: 8, type: () => HugepageLimit, shape: 'list' },
  unified: { number: 9, type: 'string', shape: 'map' },
  memorySwapLimitInBytes: { number: 10, type: 'int64' },
}

export interface HugepageLimit {
  pageSize: string
  limit: number
}
export const HugepageLimit: Table<HugepageLimit> = {
  pageSize: { number: 1, type: 'string' },
  limit: { number: 2, type: 'uint64' },
}

export interface SELinuxOption {
  user: string
  role: string
  type: string
  level: string
}
export const SELinuxOption: Table<SELinuxOption> = {
  user: { number: 1, type: 'string' },
  role: { number: 2, type: 'string' },
  type: { number: 3, type: 'string' },
  level: { number: 4, type: 'string' },
}

export interface Capability {
  addCapabilities: string[]
  dropCapabilities: string[]
  addAmbientCapabilities: string[]
}
export const Capability: Table<Capability> = {
  addCapabilities: { number: 1, type: 'string', shape: 'list' },
  dropCapabilities: { number: 2, type: 'string', shape: 'list' },
  addAmbientCapabilities: { number: 3, type: 'string', shape: 'list' },
}

export interface LinuxContainerSecurityContext {
  capabilities?: Capability
  privileged: boolean
  namespaceOptions?: NamespaceOption
  selinuxOptions?: SELinuxOption
  runAsUser?: Int64Value
  runAsGroup?: Int64Value
  runAsUsername: string
  readonlyRootfs: boolean
  supplementalGroups: number[]
  supplementalGroupsPolicy: SupplementalGroupsPolicy
  noNewPrivs: boolean
  maskedPaths: string[]
  readonlyPaths: string[]
  seccomp?: SecurityProfile
  apparmor?: SecurityProfile
}
export const LinuxContainerSecurityContext: Table<LinuxContainerSecurityContext> = {
  capabilities: { number: 1, type: () => Capability },
  privileged: { number: 2, type: 'bool' },
  namespaceOptions: { number: 3, type: () => NamespaceOption },
  selinuxOptions: { number: 4, type: () => SELinuxOption },
  runAsUser: { number: 5, type: () => Int64Value },
  runAsGroup: { number: 12, type: () => Int64Value },
  runAsUsername: { number: 6, type: 'string' },
  readonlyRootfs: { number: 7, type: 'bool' },
  supplementalGroups: { number: 8, type: 'int64', shape: 'list' },
  supplementalGroupsPolicy: { number: 17, type: { enum: SupplementalGroupsPolicy } },
  noNewPrivs: { number: 11, type: 'bool' },
  maskedPaths: { number: 13, type: 'string', shape: 'list' },
  readonlyPaths: { number: 14, type: 'string', shape: 'list' },
  seccomp: { number: 15, type: () => SecurityProfile },
  apparmor: { number: 16, type: () => SecurityProfile },
}

export interface LinuxContainerConfig {
  resources?: LinuxContainerResources
  securityContext?: LinuxContainerSecurityContext
}
export const LinuxContainerConfig: Table<LinuxContainerConfig> = {
  resources: { number: 1, type: () => LinuxContainerResources },
  securityContext: { number: 2, type: () => LinuxContainerSecurityContext },
}

export interface LinuxContainerUser {
  uid: number
  gid: number
  supplementalGroups: number[]
}
export const LinuxContainerUser: Table<LinuxContainerUser> = {
  uid: { number: 1, type: 'int64' },
  gid: { number: 2, type: 'int64' },
  supplementalGroups: { number: 3, type: 'int64', shape: 'list' },
}

export interface ContainerMetadata {
  name: string
  attempt: number
}
export const ContainerMetadata: Table<ContainerMetadata> = {
  name: { number: 1, type: 'string' },
  attempt: { number: 2, type: 'uint32' },
}

export interface Device {
  containerPath: string
  hostPath: string
  permissions: string
}
export const Device: Table<Device> = {
  containerPath: { number: 1, type: 'string' },
  hostPath: { number: 2, type: 'string' },
  permissions: { number: 3, type: 'string' },
}

export interface CDIDevice {
  name: string
}
export const CDIDevice: Table<CDIDevice> = {
  name: { number: 1, type: 'string' },
}

export interface ContainerConfig {
  metadata?: ContainerMetadata
  image?: ImageSpec
  command: string[]
  args: string[]
  workingDir: string
  envs: KeyValue[]
  mounts: Mount[]
  devices: Device[]
  labels: Record<string, string>
  annotations: Record<string, string>
  logPath: string
  stdin: boolean
  stdinOnce: boolean
  tty: boolean
  linux?: LinuxContainerConfig
  cdiDevices: CDIDevice[]
  stopSignal: Signal
}
export const ContainerConfig: Table<ContainerConfig> = {
  metadata: { number: 1, type: () => ContainerMetadata },
  image: { number: 2, type: () => ImageSpec },
  command: { number: 3, type: 'string', shape: 'list' },
  args: { number: 4, type: 'string', shape: 'list' },
  workingDir: { number: 5, type: 'string' },
  envs: { number: 6, type: () => KeyValue, shape: 'list' },
  mounts: { number: 7, type: () => Mount, shape: 'list' },
  devices: { number: 8, type: () => Device, shape: 'list' },
  labels: { number: 9, type: 'string', shape: 'map' },
  annotations: { number: 10, type: 'string', shape: 'map' },
  logPath: { number: 11, type: 'string' },
  stdin: { number: 12, type: 'bool' },
  stdinOnce: { number: 13, type: 'bool' },
  tty: { number: 14, type: 'bool' },
  linux: { number: 15, type: () => LinuxContainerConfig },
  cdiDevices: { number: 17, type: () => CDIDevice, shape: 'list' },
  stopSignal: { number: 18, type: { enum: Signal } },
}

export interface CreateContainerRequest {
  podSandboxId: string
  config?: ContainerConfig
  sandboxConfig?: PodSandboxConfig
}
export const CreateContainerRequest: Table<CreateContainerRequest> = {
  podSandboxId: { number: 1, type: 'string' },
  config: { number: 2, type: () => ContainerConfig },
  sandboxConfig: { number: 3, type: () => PodSandboxConfig },
}

export interface CreateContainerResponse {
  containerId: string
}
export const CreateContainerResponse: Table<CreateContainerResponse> = {
  containerId: { number: 1, type: 'string' },
}

export interface StartContainerRequest {
  containerId: string
}
export const StartContainerRequest: Table<StartContainerRequest> = {
  containerId: { number: 1, type: 'string' },
}

export type StartContainerResponse = Record<never, never>
export const StartContainerResponse: Table<StartContainerResponse> = {}

export interface StopContainerRequest {
  containerId: string
  timeout: number
}
export const StopContainerRequest: Table<StopContainerRequest> = {
  containerId: { number: 1, type: 'string' },
  timeout: { number: 2, type: 'int64' },
}

export type StopContainerResponse = Record<never, never>
export const StopContainerResponse: Table<StopContainerResponse> = {}

export interface RemoveContainerRequest {
  containerId: string
}
export const RemoveContainerRequest: Table<RemoveContainerRequest> = {
  containerId: { number: 1, type: 'string' },
}

export type RemoveContainerResponse = Record<never, never>
export const RemoveContainerResponse: Table<RemoveContainerResponse> = {}

export interface ContainerStateValue {
  state: ContainerState
}
export const ContainerStateValue: Table<ContainerStateValue> = {
  state: { number: 1, type: { enum: ContainerState } },
}

export interface ContainerFilter {
  id: string
  state?: ContainerStateValue
  podSandboxId: string
  labelSelector: Record<string, string>
}
export const ContainerFilter: Table<ContainerFilter> = {
  id: { number: 1, type: 'string' },
  state: { number: 2, type: () => ContainerStateValue },
  podSandboxId: { number: 3, type: 'string' },
  labelSelector: { number: 4, type: 'string', shape: 'map' },
}

export interface ListContainersRequest {
  filter?: ContainerFilter
}
export const ListContainersRequest: Table<ListContainersRequest> = {
  filter: { number: 1, type: () => ContainerFilter },
}

export interface Container {
  id: string
  podSandboxId: string
  metadata?: ContainerMetadata
  image?: ImageSpec
  imageRef: string
  state: ContainerState
  createdAt: number
  labels: Record<string, string>
  annotations: Record<string, string>
  imageId: string
}
export const Container: Table<Container> = {
  id: { number: 1, type: 'string' },
  podSandboxId: { number: 2, type: 'string' },
  metadata: { number: 3, type: () => ContainerMetadata },
  image: { number: 4, type: () => ImageSpec },
  imageRef: { number: 5, type: 'string' },
  state: { number: 6, type: { enum: ContainerState } },
  createdAt: { number: 7, type: 'int64' },
  labels: { number: 8, type: 'string', shape: 'map' },
  annotations: { number: 9, type: 'string', shape: 'map' },
  imageId: { number: 10, type: 'string' },
}

export interface ListContainersResponse {
  containers: Container[]
}
export const ListContainersResponse: Table<ListContainersResponse> = {
  containers: { number: 1, type: () => Container, shape: 'list' },
}

export interface ContainerStatusRequest {
  containerId: string
  verbose: boolean
}
export const ContainerStatusRequest: Table<ContainerStatusRequest> = {
  containerId: { number: 1, type: 'string' },
  verbose: { number: 2, type: 'bool' },
}

export interface ContainerStatus {
  id: string
  metadata?: ContainerMetadata
  state: ContainerState
  createdAt: number
  startedAt: number
  finishedAt: number
  exitCode: number
  image?: ImageSpec
  imageRef: string
  reason: string
  message: string
  labels: Record<string, string>
  annotations: Record<string, string>
  mounts: Mount[]
  logPath: string
  resources?: ContainerResources
  imageId: string
  user?: ContainerUser
  stopSignal: Signal
}
export const ContainerStatus: Table<ContainerStatus> = {
  id: { number: 1, type: 'string' },
  metadata: { number: 2, type: () => ContainerMetadata },
  state: { number: 3, type: { enum: ContainerState } },
  createdAt: { number: 4, type: 'int64' },
  startedAt: { number: 5, type: 'int64' },
  finishedAt: { number: 6, type: 'int64' },
  exitCode: { number: 7, type: 'int32' },
  image: { number: 8, type: () => ImageSpec },
  imageRef: { number: 9, type: 'string' },
  reason: { number: 10, type: 'string' },
  message: { number: 11, type: 'string' },
  labels: { number: 12, type: 'string', shape: 'map' },
  annotations: { number: 13, type: 'string', shape: 'map' },
  mounts: { number: 14, type: () => Mount, shape: 'list' },
  logPath: { number: 15, type: 'string' },
  resources: { number: 16, type: () => ContainerResources },
  imageId: { number: 17, type: 'string' },
  user: { number: 18, type: () => ContainerUser },
  stopSignal: { number: 19, type: { enum: Signal } },
}

export interface ContainerStatusResponse {
  status?: ContainerStatus
  info: Record<string, string>
}
export const ContainerStatusResponse: Table<ContainerStatusResponse> = {
  status: { number: 1, type: () => ContainerStatus },
  info: { number: 2, type: 'string', shape: 'map' },
}

export interface ContainerResources {
  linux?: LinuxContainerResources
}
export const ContainerResources: Table<ContainerResources> = {
  linux: { number: 1, type: () => LinuxContainerResources },
}

export interface ContainerUser {
  linux?: LinuxContainerUser
}
export const ContainerUser: Table<ContainerUser> = {
  linux: { number: 1, type: () => LinuxContainerUser },
}

export interface UpdateContainerResourcesRequest {
  containerId: string
  linux?: LinuxContainerResources
  annotations: Record<string, string>
}
export const UpdateContainerResourcesRequest: Table<UpdateContainerResourcesRequest> = {
  containerId: { number: 1, type: 'string' },
  linux: { number: 2, type: () => LinuxContainerResources },
  annotations: { number: 4, type: 'string', shape: 'map' },
}

export type UpdateContainerResourcesResponse = Record<never, never>
export const UpdateContainerResourcesResponse: Table<UpdateContainerResourcesResponse> = {}

export interface ExecSyncRequest {
  containerId: string
  cmd: string[]
  timeout: number
}
export const ExecSyncRequest: Table<ExecSyncRequest> = {
  containerId: { number: 1, type: 'string' },
  cmd: { number: 2, type: 'string', shape: 'list' },
  timeout: { number: 3, type: 'int64' },
}

export interface ExecSyncResponse {
  stdout: Uint8Array
  stderr: Uint8Array
  exitCode: number
}
export const ExecSyncResponse: Table<ExecSyncResponse> = {
  stdout: { number: 1, type: 'bytes' },
  stderr: { number: 2, type: 'bytes' },
  exitCode: { number: 3, type: 'int32' },
}

export interface ExecRequest {
  containerId: string
  cmd: string[]
  tty: boolean
  stdin: boolean
  stdout: boolean
  stderr: boolean
}
export const ExecRequest: Table<ExecRequest> = {
  containerId: { number: 1, type: 'string' },
  cmd: { number: 2, type: 'string', shape: 'list' },
  tty: { number: 3, type: 'bool' },
  stdin: { number: 4, type: 'bool' },
  stdout: { number: 5, type: 'bool' },
  stderr: { number: 6, type: 'bool' },
}

export interface ExecResponse {
  url: string
}
export const ExecResponse: Table<ExecResponse> = {
  url: { number: 1, type: 'string' },
}

export interface AttachRequest {
  containerId: string
  stdin: boolean
  tty: boolean
  stdout: boolean
  stderr: boolean
}
export const AttachRequest: Table<AttachRequest> = {
  containerId: { number: 1, type: 'string' },
  stdin: { number: 2, type: 'bool' },
  tty: { number: 3, type: 'bool' },
  stdout: { number: 4, type: 'bool' },
  stderr: { number: 5, type: 'bool' },
}

export interface AttachResponse {
  url: string
}
export const AttachResponse: Table<AttachResponse> = {
  url: { number: 1, type: 'string' },
}

export interface PortForwardRequest {
  podSandboxId: string
  port: number[]
}
export const PortForwardRequest: Table<PortForwardRequest> = {
  podSandboxId: { number: 1, type: 'string' },
  port: { number: 2, type: 'int32', shape: 'list' },
}

export interface PortForwardResponse {
  url: string
}
export const PortForwardResponse: Table<PortForwardResponse> = {
  url: { number: 1, type: 'string' },
}

export interface ImageFilter {
  image?: ImageSpec
}
export const ImageFilter: Table<ImageFilter> = {
  image: { number: 1, type: () => ImageSpec },
}

export interface ListImagesRequest {
  filter?: ImageFilter
}
export const ListImagesRequest: Table<ListImagesRequest> = {
  filter: { number: 1, type: () => ImageFilter },
}

export interface Image {
  id: string
  repoTags: string[]
  repoDigests: string[]
  size: number
  uid?: Int64Value
  username: string
  spec?: ImageSpec
  pinned: boolean
}
export const Image: Table<Image> = {
  id: { number: 1, type: 'string' },
  repoTags: { number: 2, type: 'string', shape: 'list' },
  repoDigests: { number: 3, type: 'string', shape: 'list' },
  size: { number: 4, type: 'uint64' },
  uid: { number: 5, type: () => Int64Value },
  username: { number: 6, type: 'string' },
  spec: { number: 7, type: () => ImageSpec },
  pinned: { number: 8, type: 'bool' },
}

export interface ListImagesResponse {
  images: Image[]
}
export const ListImagesResponse: Table<ListImagesResponse> = {
  images: { number: 1, type: () => Image, shape: 'list' },
}

export interface ImageStatusRequest {
  image?: ImageSpec
  verbose: boolean
}
export const ImageStatusRequest: Table<ImageStatusRequest> = {
  image: { number: 1, type: () => ImageSpec },
  verbose: { number: 2, type: 'bool' },
}

export interface ImageStatusResponse {
  image?: Image
  info: Record<string, string>
}
export const ImageStatusResponse: Table<ImageStatusResponse> = {
  image: { number: 1, type: () => Image },
  info: { number: 2, type: 'string', shape: 'map' },
}

export interface AuthConfig {
  username: string
  password: string
  auth: string
  serverAddress: string
  identityToken: string
  registryToken: string
}
export const AuthConfig: Table<AuthConfig> = {
  username: { number: 1, type: 'string' },
  password: { number: 2, type: 'string' },
  auth: { number: 3, type: 'string' },
  serverAddress: { number: 4, type: 'string' },
  identityToken: { number: 5, type: 'string' },
  registryToken: { number: 6, type: 'string' },
}

export interface PullImageRequest {
  image?: ImageSpec
  auth?: AuthConfig
  sandboxConfig?: PodSandboxConfig
}
export const PullImageRequest: Table<PullImageRequest> = {
  image: { number: 1, type: () => ImageSpec },
  auth: { number: 2, type: () => AuthConfig },
  sandboxConfig: { number: 3, type: () => PodSandboxConfig },
}

export interface PullImageResponse {
  imageRef: string
}
export const PullImageResponse: Table<PullImageResponse> = {
  imageRef: { number: 1, type: 'string' },
}

export interface RemoveImageRequest {
  image?: ImageSpec
}
export const RemoveImageRequest: Table<RemoveImageRequest> = {
  image: { number: 1, type: () => ImageSpec },
}

export type RemoveImageResponse = Record<never, never>
export const RemoveImageResponse: Table<RemoveImageResponse> = {}

export interface RuntimeCondition {
  type: string
  status: boolean
  reason: string
  message: string
}
export const RuntimeCondition: Table<RuntimeCondition> = {
  type: { number: 1, type: 'string' },
  status: { number: 2, type: 'bool' },
  reason: { number: 3, type: 'string' },
  message: { number: 4, type: 'string' },
}

export interface RuntimeStatus {
  conditions: RuntimeCondition[]
}
export const RuntimeStatus: Table<RuntimeStatus> = {
  conditions: { number: 1, type: () => RuntimeCondition, shape: 'list' },
}

export interface StatusRequest {
  verbose: boolean
}
export const StatusRequest: Table<StatusRequest> = {
  verbose: { number: 1, type: 'bool' },
}

export interface RuntimeHandlerFeatures {
  recursiveReadOnlyMounts: boolean
  userNamespaces: boolean
}
export const RuntimeHandlerFeatures: Table<RuntimeHandlerFeatures> = {
  recursiveReadOnlyMounts: { number: 1, type: 'bool' },
  userNamespaces: { number: 2, type: 'bool' },
}

export interface RuntimeHandler {
  name: string
  features?: RuntimeHandlerFeatures
}
export const RuntimeHandler: Table<RuntimeHandler> = {
  name: { number: 1, type: 'string' },
  features: { number: 2, type: () => RuntimeHandlerFeatures },
}

export interface RuntimeFeatures {
  supplementalGroupsPolicy: boolean
  userNamespacesHostNetwork: boolean
}
export const RuntimeFeatures: Table<RuntimeFeatures> = {
  supplementalGroupsPolicy: { number: 1, type: 'bool' },
  userNamespacesHostNetwork: { number: 2, type: 'bool' },
}

export interface StatusResponse {
  status?: RuntimeStatus
  info: Record<string, string>
  runtimeHandlers: RuntimeHandler[]
  features?: RuntimeFeatures
}
export const StatusResponse: Table<StatusResponse> = {
  status: { number: 1, type: () => RuntimeStatus },
  info: { number: 2, type: 'string', shape: 'map' },
  runtimeHandlers: { number: 3, type: () => RuntimeHandler, shape: 'list' },
  features: { number: 4, type: () => RuntimeFeatures },
}

export type ImageFsInfoRequest = Record<never, never>
export const ImageFsInfoRequest: Table<ImageFsInfoRequest> = {}

export interface UInt64Value {
  value: number
}
export const UInt64Value: Table<UInt64Value> = {
  value: { number: 1, type: 'uint64' },
}

export interface FilesystemIdentifier {
  mountpoint: string
}
export const FilesystemIdentifier: Table<FilesystemIdentifier> = {
  mountpoint: { number: 1, type: 'string' },
}

export interface FilesystemUsage {
  timestamp: number
  fsId?: FilesystemIdentifier
  usedBytes?: UInt64Value
  inodesUsed?: UInt64Value
}
export const FilesystemUsage: Table<FilesystemUsage> = {
  timestamp: { number: 1, type: 'int64' },
  fsId: { number: 2, type: () => FilesystemIdentifier },
  usedBytes: { number: 3, type: () => UInt64Value },
  inodesUsed: { number: 4, type: () => UInt64Value },
}

export interface ImageFsInfoResponse {
  imageFilesystems: FilesystemUsage[]
  containerFilesystems: FilesystemUsage[]
}
export const ImageFsInfoResponse: Table<ImageFsInfoResponse> = {
  imageFilesystems: { number: 1, type: () => FilesystemUsage, shape: 'list' },
  containerFilesystems: { number: 2, type: () => FilesystemUsage, shape: 'list' },
}

export interface ContainerStatsRequest {
  containerId: string
}
export const ContainerStatsRequest: Table<ContainerStatsRequest> = {
  containerId: { number: 1, type: 'string' },
}

export interface ContainerStatsResponse {
  stats?: ContainerStats
}
export const ContainerStatsResponse: Table<ContainerStatsResponse> = {
  stats: { number: 1, type: () => ContainerStats },
}

export interface ListContainerStatsRequest {
  filter?: ContainerStatsFilter
}
export const ListContainerStatsRequest: Table<ListContainerStatsRequest> = {
  filter: { number: 1, type: () => ContainerStatsFilter },
}

export interface ContainerStatsFilter {
  id: string
  podSandboxId: string
  labelSelector: Record<string, string>
}
export const ContainerStatsFilter: Table<ContainerStatsFilter> = {
  id: { number: 1, type: 'string' },
  podSandboxId: { number: 2, type: 'string' },
  labelSelector: { number: 3, type: 'string', shape: 'map' },
}

export interface ListContainerStatsResponse {
  stats: ContainerStats[]
}
export const ListContainerStatsResponse: Table<ListContainerStatsResponse> = {
  stats: { number: 1, type: () => ContainerStats, shape: 'list' },
}

export interface ContainerAttributes {
  id: string
  metadata?: ContainerMetadata
  labels: Record<string, string>
  annotations: Record<string, string>
}
export const ContainerAttributes: Table<ContainerAttributes> = {
  id: { number: 1, type: 'string' },
  metadata: { number: 2, type: () => ContainerMetadata },
  labels: { number: 3, type: 'string', shape: 'map' },
  annotations: { number: 4, type: 'string', shape: 'map' },
}

export interface ContainerStats {
  attributes?: ContainerAttributes
  cpu?: CpuUsage
  memory?: MemoryUsage
  writableLayer?: FilesystemUsage
  swap?: SwapUsage
  io?: IoUsage
}
export const ContainerStats: Table<ContainerStats> = {
  attributes: { number: 1, type: () => ContainerAttributes },
  cpu: { number: 2, type: () => CpuUsage },
  memory: { number: 3, type: () => MemoryUsage },
  writableLayer: { number: 4, type: () => FilesystemUsage },
  swap: { number: 5, type: () => SwapUsage },
  io: { number: 6, type: () => IoUsage },
}

export interface PsiStats {
  full?: PsiData
  some?: PsiData
}
export const PsiStats: Table<PsiStats> = {
  full: { number: 1, type: () => PsiData },
  some: { number: 2, type: () => PsiData },
}

export interface PsiData {
  total: number
  avg10: number
  avg60: number
  avg300: number
}
export const PsiData: Table<PsiData> = {
  total: { number: 1, type: 'uint64' },
  avg10: { number: 2, type: 'double' },
  avg60: { number: 3, type: 'double' },
  avg300: { number: 4, type: 'double' },
}

export interface CpuUsage {
  timestamp: number
  usageCoreNanoSeconds?: UInt64Value
  usageNanoCores?: UInt64Value
  psi?: PsiStats
}
export const CpuUsage: Table<CpuUsage> = {
  timestamp: { number: 1, type: 'int64' },
  usageCoreNanoSeconds: { number: 2, type: () => UInt64Value },
  usageNanoCores: { number: 3, type: () => UInt64Value },
  psi: { number: 4, type: () => PsiStats },
}

export interface MemoryUsage {
  timestamp: number
  workingSetBytes?: UInt64Value
  availableBytes?: UInt64Value
  usageBytes?: UInt64Value
  rssBytes?: UInt64Value
  pageFaults?: UInt64Value
  majorPageFaults?: UInt64Value
  psi?: PsiStats
}
export const MemoryUsage: Table<MemoryUsage> = {
  timestamp: { number: 1, type: 'int64' },
  workingSetBytes: { number: 2, type: () => UInt64Value },
  availableBytes: { number: 3, type: () => UInt64Value },
  usageBytes: { number: 4, type: () => UInt64Value },
  rssBytes: { number: 5, type: () => UInt64Value },
  pageFaults: { number: 6, type: () => UInt64Value },
  majorPageFaults: { number: 7, type: () => UInt64Value },
  psi: { number: 8, type: () => PsiStats },
}

export interface IoUsage {
  timestamp: number
  psi?: PsiStats
}
export const IoUsage: Table<IoUsage> = {
  timestamp: { number: 1, type: 'int64' },
  psi: { number: 2, type: () => PsiStats },
}

export interface SwapUsage {
  timestamp: number
  swapAvailableBytes?: UInt64Value
  swapUsageBytes?: UInt64Value
}
export const SwapUsage: Table<SwapUsage> = {
  timestamp: { number: 1, type: 'int64' },
  swapAvailableBytes: { number: 2, type: () => UInt64Value },
  swapUsageBytes: { number: 3, type: () => UInt64Value },
}

export interface ReopenContainerLogRequest {
  containerId: string
}
export const ReopenContainerLogRequest: Table<ReopenContainerLogRequest> = {
  containerId: { number: 1, type: 'string' },
}

export type ReopenContainerLogResponse = Record<never, never>
export const ReopenContainerLogResponse: Table<ReopenContainerLogResponse> = {}

export type GetEventsRequest = Record<never, never>
export const GetEventsRequest: Table<GetEventsRequest> = {}

export interface ContainerEventResponse {
  containerId: string
  containerEventType: ContainerEventType
  createdAt: number
  podSandboxStatus?: PodSandboxStatus
  containersStatuses: ContainerStatus[]
}
export const ContainerEventResponse: Table<ContainerEventResponse> = {
  containerId: { number: 1, type: 'string' },
  containerEventType: { number: 2, type: { enum: ContainerEventType } },
  createdAt: { number: 3, type: 'int64' },
  podSandboxStatus: { number: 4, type: () => PodSandboxStatus },
  containersStatuses: { number: 5, type: () => ContainerStatus, shape: 'list' },
}

export type RuntimeConfigRequest = Record<never, never>
export const RuntimeConfigRequest: Table<RuntimeConfigRequest> = {}

export interface RuntimeConfigResponse {
  linux?: LinuxRuntimeConfiguration
}
export const RuntimeConfigResponse: Table<RuntimeConfigResponse> = {
  linux: { number: 1, type: () => LinuxRuntimeConfiguration },
}

export interface LinuxRuntimeConfiguration {
  cgroupDriver: CgroupDriver
}
export const LinuxRuntimeConfiguration: Table<LinuxRuntimeConfiguration> = {
  cgroupDriver: { number: 1, type: { enum: CgroupDriver } },
}

export interface UpdatePodSandboxResourcesRequest {
  podSandboxId: string
  overhead?: LinuxContainerResources
  resources?: LinuxContainerResources
}
export const UpdatePodSandboxResourcesRequest: Table<UpdatePodSandboxResourcesRequest> = {
  podSandboxId: { number: 1, type: 'string' },
  overhead: { number: 2, type: () => LinuxContainerResources },
  resources: { number: 3, type: () => LinuxContainerResources },
}

export type UpdatePodSandboxResourcesResponse = Record<never, never>
export const UpdatePodSandboxResourcesResponse: Table<UpdatePodSandboxResourcesResponse> = {}

/** Every call: its service, and what goes and comes. */
export const methods = {
  version: {
    path: '/runtime.v1.RuntimeService/Version',
    request: VersionRequest,
    response: VersionResponse,
    stream: false,
  },
  runPodSandbox: {
    path: '/runtime.v1.RuntimeService/RunPodSandbox',
    request: RunPodSandboxRequest,
    response: RunPodSandboxResponse,
    stream: false,
  },
  stopPodSandbox: {
    path: '/runtime.v1.RuntimeService/StopPodSandbox',
    request: StopPodSandboxRequest,
    response: StopPodSandboxResponse,
    stream: false,
  },
  removePodSandbox: {
    path: '/runtime.v1.RuntimeService/RemovePodSandbox',
    request: RemovePodSandboxRequest,
    response: RemovePodSandboxResponse,
    stream: false,
  },
  podSandboxStatus: {
    path: '/runtime.v1.RuntimeService/PodSandboxStatus',
    request: PodSandboxStatusRequest,
    response: PodSandboxStatusResponse,
    stream: false,
  },
  listPodSandbox: {
    path: '/runtime.v1.RuntimeService/ListPodSandbox',
    request: ListPodSandboxRequest,
    response: ListPodSandboxResponse,
    stream: false,
  },
  createContainer: {
    path: '/runtime.v1.RuntimeService/CreateContainer',
    request: CreateContainerRequest,
    response: CreateContainerResponse,
    stream: false,
  },
  startContainer: {
    path: '/runtime.v1.RuntimeService/StartContainer',
    request: StartContainerRequest,
    response: StartContainerResponse,
    stream: false,
  },
  stopContainer: {
    path: '/runtime.v1.RuntimeService/StopContainer',
    request: StopContainerRequest,
    response: StopContainerResponse,
    stream: false,
  },
  removeContainer: {
    path: '/runtime.v1.RuntimeService/RemoveContainer',
    request: RemoveContainerRequest,
    response: RemoveContainerResponse,
    stream: false,
  },
  listContainers: {
    path: '/runtime.v1.RuntimeService/ListContainers',
    request: ListContainersRequest,
    response: ListContainersResponse,
    stream: false,
  },
  containerStatus: {
    path: '/runtime.v1.RuntimeService/ContainerStatus',
    request: ContainerStatusRequest,
    response: ContainerStatusResponse,
    stream: false,
  },
  updateContainerResources: {
    path: '/runtime.v1.RuntimeService/UpdateContainerResources',
    request: UpdateContainerResourcesRequest,
    response: UpdateContainerResourcesResponse,
    stream: false,
  },
  reopenContainerLog: {
    path: '/runtime.v1.RuntimeService/ReopenContainerLog',
    request: ReopenContainerLogRequest,
    response: ReopenContainerLogResponse,
    stream: false,
  },
  execSync: {
    path: '/runtime.v1.RuntimeService/ExecSync',
    request: ExecSyncRequest,
    response: ExecSyncResponse,
    stream: false,
  },
  exec: { path: '/runtime.v1.RuntimeService/Exec', request: ExecRequest, response: ExecResponse, stream: false },
  attach: {
    path: '/runtime.v1.RuntimeService/Attach',
    request: AttachRequest,
    response: AttachResponse,
    stream: false,
  },
  portForward: {
    path: '/runtime.v1.RuntimeService/PortForward',
    request: PortForwardRequest,
    response: PortForwardResponse,
    stream: false,
  },
  containerStats: {
    path: '/runtime.v1.RuntimeService/ContainerStats',
    request: ContainerStatsRequest,
    response: ContainerStatsResponse,
    stream: false,
  },
  listContainerStats: {
    path: '/runtime.v1.RuntimeService/ListContainerStats',
    request: ListContainerStatsRequest,
    response: ListContainerStatsResponse,
    stream: false,
  },
  podSandboxStats: {
    path: '/runtime.v1.RuntimeService/PodSandboxStats',
    request: PodSandboxStatsRequest,
    response: PodSandboxStatsResponse,
    stream: false,
  },
  listPodSandboxStats: {
    path: '/runtime.v1.RuntimeService/ListPodSandboxStats',
    request: ListPodSandboxStatsRequest,
    response: ListPodSandboxStatsResponse,
    stream: false,
  },
  status: {
    path: '/runtime.v1.RuntimeService/Status',
    request: StatusRequest,
    response: StatusResponse,
    stream: false,
  },
  getContainerEvents: {
    path: '/runtime.v1.RuntimeService/GetContainerEvents',
    request: GetEventsRequest,
    response: ContainerEventResponse,
    stream: true,
  },
  updatePodSandboxResources: {
    path: '/runtime.v1.RuntimeService/UpdatePodSandboxResources',
    request: UpdatePodSandboxResourcesRequest,
    response: UpdatePodSandboxResourcesResponse,
    stream: false,
  },
  listImages: {
    path: '/runtime.v1.ImageService/ListImages',
    request: ListImagesRequest,
    response: ListImagesResponse,
    stream: false,
  },
  imageStatus: {
    path: '/runtime.v1.ImageService/ImageStatus',
    request: ImageStatusRequest,
    response: ImageStatusResponse,
    stream: false,
  },
  pullImage: {
    path: '/runtime.v1.ImageService/PullImage',
    request: PullImageRequest,
    response: PullImageResponse,
    stream: false,
  },
  removeImage: {
    path: '/runtime.v1.ImageService/RemoveImage',
    request: RemoveImageRequest,
    response: RemoveImageResponse,
    stream: false,
  },
  imageFsInfo: {
    path: '/runtime.v1.ImageService/ImageFsInfo',
    request: ImageFsInfoRequest,
    response: ImageFsInfoResponse,
    stream: false,
  },
} as const
