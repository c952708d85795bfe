import type { Problems } from '../../meta/problems.ts'
import { within } from '../../meta/validate-numbers.ts'
import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext } from '../v1.ts'
import { descending } from './paths.ts'

const ID_MAX = 2 ** 31 - 1

/** Checks the rights of a container. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  { hostUsers = true }: PodSpec,
  field: string,
  problems: Problems,
): void {
  if (context === undefined) return
  const { runAsUser, runAsGroup, procMount, privileged, allowPrivilegeEscalation, capabilities } = context
  validateId(runAsUser, `${field}.runAsUser`, problems)
  validateId(runAsGroup, `${field}.runAsGroup`, problems)
  if (hostUsers && procMount === 'Unmasked') {
    problems.invalid(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`')
  }
  validateProfiles(context, field, problems)
  if (allowPrivilegeEscalation !== false) return
  if (privileged === true) {
    problems.invalid(field, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
  }
  if (capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
    problems.invalid(field, context, detail)
  }
}

/** Checks the rights of a Pod as a whole, and which namespaces of its node it shares. */
export function validatePodSecurity(spec: PodSpec, path: string, problems: Problems): void {
  const field = `${path}.securityContext`
  const { securityContext = {}, hostUsers = true } = spec
  const { fsGroup, runAsUser, runAsGroup, supplementalGroups = [], sysctls = [] } = securityContext
  validateId(fsGroup, `${field}.fsGroup`, problems)
  validateId(runAsUser, `${field}.runAsUser`, problems)
  validateId(runAsGroup, `${field}.runAsGroup`, problems)
  supplementalGroups.forEach((id, i) => validateId(id, `${field}.supplementalGroups[${i}]`, problems))
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    problems.invalid(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  }
  const names = new Set<string>()
  for (const [i, { name }] of sysctls.entries()) {
    if (names.has(name)) problems.duplicate(`${field}.sysctls[${i}].name`, name)
    names.add(name)
    validateSysctl(name, spec, `${field}.sysctls[${i}].name`, problems)
  }
  validateProfiles(securityContext, field, problems)
  if (hostUsers) return
  if (spec.hostNetwork === true) problems.forbidden(`${path}.hostNetwork`, 'when `hostUsers` is false')
  if (spec.hostPID === true) problems.forbidden(`${path}.HostPID`, 'when `hostUsers` is false')
  if (spec.hostIPC === true) problems.forbidden(`${path}.HostIPC`, 'when `hostUsers` is false')
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/

function validateSysctl(name: string, { hostNetwork, hostIPC }: PodSpec, field: string, problems: Problems): void {
  if (name === '') return
  if (name.length > 253 || !SYSCTL.test(name)) {
    const shown = SYSCTL.source.slice(1, -1)
    problems.invalid(field, name, `must have at most 253 characters and match regex ^${shown}$`)
    return
  }
  const plain = name.replaceAll('/', '.')
  if (hostNetwork === true && plain.startsWith('net.')) {
    problems.invalid(field, name, 'may not be specified when `hostNetwork` is true')
  }
  if (hostIPC === true && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(plain)) {
    problems.invalid(field, name, 'may not be specified when `hostIPC` is true')
  }
}

function validateId(id: number | undefined, field: string, problems: Problems): void {
  if (id !== undefined && (id < 0 || id > ID_MAX)) problems.invalid(field, id, within(0, ID_MAX))
}

function validateProfiles(context: SecurityContext | PodSecurityContext, field: string, problems: Problems): void {
  const { seccompProfile, appArmorProfile } = context
  if (seccompProfile !== undefined) validateProfile(seccompProfile, `${field}.seccompProfile`, 'seccomp', problems)
  if (appArmorProfile !== undefined) validateProfile(appArmorProfile, `${field}.appArmorProfile`, 'AppArmor', problems)
}

function validateProfile(
  { type, localhostProfile }: SeccompProfile | AppArmorProfile,
  field: string,
  what: 'seccomp' | 'AppArmor',
  problems: Problems,
): void {
  const path = `${field}.localhostProfile`
  if (type === 'Localhost') {
    const kind = what === 'seccomp' ? 'seccomp type is Localhost' : 'AppArmor type is Localhost'
    if (localhostProfile === undefined || localhostProfile.trim() === '')
      problems.required(path, `must be set when ${kind}`)
    else if (what === 'seccomp') descending(localhostProfile, path, problems)
  } else if (localhostProfile !== undefined) {
    problems.invalid(path, localhostProfile, `can only be set when ${what} type is Localhost`)
  }
}
