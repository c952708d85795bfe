import type { Container, EphemeralContainer, Pod, PodSecurityContext, SecurityContext } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Input } from '../runtime/codec.ts'
import type { LinuxContainerSecurityContext, NamespaceOption, SecurityProfile } from '../runtime/cri/messages.ts'
import { podLabel } from './containers.ts'

type AnyContainer = Container | EphemeralContainer

/** Whom an image runs as when nobody says otherwise: a number, or a name that only the image can resolve. */
export interface ImageUser {
  readonly uid: number | undefined
  readonly username: string
}

/** Parts of /proc and /sys that containers do not see, or cannot change, unless they ask to. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** The security settings of a container: its own before those of its pod. */
export function containerSecurity(
  pod: Pod,
  container: AnyContainer,
  image: ImageUser,
  facts: { readonly seccompDir: string; readonly targetId?: string | undefined },
): Input<LinuxContainerSecurityContext> {
  const podContext: PodSecurityContext = pod.spec.securityContext ?? {}
  const own: SecurityContext = container.securityContext ?? {}
  refuseRoot(pod, container, image)
  const privileged = own.privileged === true
  const user = own.runAsUser ?? podContext.runAsUser
  const group = own.runAsGroup ?? podContext.runAsGroup
  // The runtime takes a group only together with a user.
  const runAsUser = user ?? (group !== undefined && image.username === '' ? (image.uid ?? 0) : undefined)
  const unmasked = privileged || own.procMount === 'Unmasked'
  const apparmor = own.appArmorProfile ?? podContext.appArmorProfile
  return {
    privileged,
    readonlyRootfs: own.readOnlyRootFilesystem === true,
    noNewPrivs: own.allowPrivilegeEscalation === false,
    capabilities: {
      addCapabilities: (own.capabilities?.add ?? []).map(capability),
      dropCapabilities: (own.capabilities?.drop ?? []).map(capability),
    },
    namespaceOptions: namespaces(pod, facts.targetId),
    ...(runAsUser === undefined
      ? group === undefined
        ? {}
        : { runAsUsername: image.username }
      : { runAsUser: { value: runAsUser } }),
    ...(group === undefined ? {} : { runAsGroup: { value: group } }),
    supplementalGroups: supplementalGroups(podContext),
    ...(podContext.supplementalGroupsPolicy === 'Strict' ? { supplementalGroupsPolicy: 'Strict' as const } : {}),
    maskedPaths: unmasked ? [] : maskedPaths,
    readonlyPaths: unmasked ? [] : readonlyPaths,
    seccomp: privileged
      ? { profileType: 'Unconfined' }
      : seccomp(own.seccompProfile ?? podContext.seccompProfile, facts.seccompDir),
    ...(apparmor?.type === 'Localhost' && {
      apparmor: { profileType: 'Localhost' as const, localhostRef: apparmor.localhostProfile },
    }),
    ...seLinux(own.seLinuxOptions ?? podContext.seLinuxOptions),
  }
}

/** Groups that the pod's processes are in beside their own. */
export function supplementalGroups({ supplementalGroups: groups = [], fsGroup }: PodSecurityContext): number[] {
  return fsGroup === undefined ? groups : [...groups, fsGroup]
}

/** Which namespaces a pod's containers share with each other or with the node. */
export function namespaces({ spec }: Pod, targetId?: string): Input<NamespaceOption> {
  const pid =
    spec.hostPID === true
      ? 'NODE'
      : spec.shareProcessNamespace === true
        ? 'POD'
        : targetId !== undefined
          ? 'TARGET'
          : 'CONTAINER'
  return {
    network: spec.hostNetwork === true ? 'NODE' : 'POD',
    ipc: spec.hostIPC === true ? 'NODE' : 'POD',
    pid,
    ...(pid === 'TARGET' ? { targetId } : {}),
  }
}

export function seccomp(profile: SecurityContext['seccompProfile'], seccompDir: string): Input<SecurityProfile> {
  switch (profile?.type) {
    case 'RuntimeDefault':
      return { profileType: 'RuntimeDefault' }
    case 'Localhost':
      return { profileType: 'Localhost', localhostRef: `${seccompDir}/${profile.localhostProfile}` }
    default:
      return { profileType: 'Unconfined' }
  }
}

export function seLinux(
  options: SecurityContext['seLinuxOptions'],
): Pick<Input<LinuxContainerSecurityContext>, 'selinuxOptions'> {
  if (options === undefined) return {}
  const { user = '', role = '', type = '', level = '' } = options
  return { selinuxOptions: { user, role, type, level } }
}

function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '')
}

/** Throws when a container that must not run as root would. */
function refuseRoot(pod: Pod, container: AnyContainer, image: ImageUser): void {
  const mustNot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot
  if (mustNot !== true) return
  const where = `(pod: "${podLabel(pod)}", container: ${container.name})`
  const user = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  if (user !== undefined) {
    if (user === 0) throw new WherryError('invalid', `container's runAsUser breaks non-root policy ${where}`)
    return
  }
  if (image.username !== '') {
    throw new WherryError(
      'invalid',
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${where}`,
    )
  }
  if ((image.uid ?? 0) === 0)
    throw new WherryError('invalid', `container has runAsNonRoot and image will run as root ${where}`)
}
