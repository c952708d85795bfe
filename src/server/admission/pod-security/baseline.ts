import type { PodSpec, Probe, LifecycleHandler } from '../../../api/core/v1.ts'
import type { Check } from './check.ts'
import { allContainers, badContainers, counted, hasOwnUsers, quoted, setters, sorted } from './check.ts'

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/'
const appArmorTypes = new Set(['RuntimeDefault', 'Localhost'])

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

/** Kernel settings that stay within the Pod, with the version in which they became safe. */
const safeSysctls: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
}

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']

const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/'

/** The rules that keep a Pod from getting at its node. */
export const baselineChecks: readonly Check[] = [
  {
    id: 'appArmorProfile',
    level: 'baseline',
    since: 0,
    check({ annotations, spec }) {
      const types: string[] = []
      const { who } = setters(spec, ({ appArmorProfile }) => {
        if (appArmorProfile === undefined || appArmorTypes.has(appArmorProfile.type)) return false
        types.push(appArmorProfile.type)
        return true
      })
      const bad = Object.entries(annotations)
        .filter(
          ([key, value]) => key.startsWith(appArmorAnnotation) && !/^($|runtime\/default$|localhost\/)/.test(value),
        )
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .toSorted()
      const all = bad.length === 0 ? who : [...who, bad.length === 1 ? 'annotation' : 'annotations']
      if (all.length === 0) return undefined
      const values = [...sorted(types), ...bad]
      return {
        reason: `forbidden AppArmor profile${values.length === 1 ? '' : 's'}`,
        detail: `${all.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
      }
    },
  },
  {
    id: 'capabilities_baseline',
    level: 'baseline',
    since: 0,
    check({ spec }) {
      const capabilities: string[] = []
      const bad = badContainers(spec, ({ securityContext }) => {
        const added = (securityContext?.capabilities?.add ?? []).filter((one) => !defaultCapabilities.has(one))
        capabilities.push(...added)
        return added.length > 0
      })
      if (bad.length === 0) return undefined
      return {
        reason: 'non-default capabilities',
        detail: `${counted('container', bad)} must not include ${quoted(sorted(capabilities))} in securityContext.capabilities.add`,
      }
    },
  },
  {
    id: 'hostNamespaces',
    level: 'baseline',
    since: 0,
    check({ spec }) {
      const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true)
      if (shared.length === 0) return undefined
      return { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') }
    },
  },
  {
    id: 'hostPathVolumes',
    level: 'baseline',
    since: 0,
    check({ spec }) {
      const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
      return bad.length === 0 ? undefined : { reason: 'hostPath volumes', detail: counted('volume', bad) }
    },
  },
  {
    id: 'hostPorts',
    level: 'baseline',
    since: 0,
    check({ spec }) {
      const ports: string[] = []
      const bad = badContainers(spec, (container) => {
        const taken = (container.ports ?? []).filter(({ hostPort = 0 }) => hostPort !== 0)
        ports.push(...taken.map(({ hostPort }) => String(hostPort)))
        return taken.length > 0
      })
      if (bad.length === 0) return undefined
      const all = sorted(ports)
      const uses = `${bad.length === 1 ? 'uses' : 'use'} hostPort${all.length === 1 ? '' : 's'}`
      return { reason: 'hostPort', detail: `${counted('container', bad)} ${uses} ${all.join(', ')}` }
    },
  },
  {
    id: 'hostProbesAndHostLifecycle',
    level: 'baseline',
    since: 34,
    check({ spec }) {
      const hosts: string[] = []
      const bad = badContainers(spec, (container) => {
        const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container
        const found = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
          hostsOf,
        )
        hosts.push(...found)
        return found.length > 0
      })
      if (bad.length === 0) return undefined
      const all = sorted(hosts)
      const uses = `${bad.length === 1 ? 'uses' : 'use'} ${counted('probe or lifecycle host', all)}`
      return { reason: 'probe or lifecycle host', detail: `${counted('container', sorted(bad))} ${uses}` }
    },
  },
  {
    id: 'privileged',
    level: 'baseline',
    since: 0,
    check({ spec }) {
      const bad = badContainers(spec, ({ securityContext }) => securityContext?.privileged === true)
      if (bad.length === 0) return undefined
      return {
        reason: 'privileged',
        detail: `${counted('container', bad)} must not set securityContext.privileged=true`,
      }
    },
  },
  {
    id: 'procMount',
    level: 'baseline',
    since: 0,
    check: ({ spec }, minor) => (minor >= 35 && hasOwnUsers(spec) ? undefined : procMount(spec)),
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    since: 0,
    check({ spec }, minor) {
      const allowed = minor >= 31 ? [...seLinuxTypes, 'container_engine_t'] : seLinuxTypes
      const types: string[] = []
      const set = { user: false, role: false }
      const { who } = setters(spec, ({ seLinuxOptions }) => {
        if (seLinuxOptions === undefined) return false
        const { type = '', user = '', role = '' } = seLinuxOptions
        if (!allowed.includes(type)) types.push(type)
        if (user !== '') set.user = true
        if (role !== '') set.role = true
        return !allowed.includes(type) || user !== '' || role !== ''
      })
      if (who.length === 0) return undefined
      const what = [
        ...(types.length > 0 ? [counted('type', sorted(types))] : []),
        ...(['user', 'role'] as const).filter((name) => set[name]).map((name) => `${name} may not be set`),
      ]
      const detail = `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`
      return { reason: 'seLinuxOptions', detail }
    },
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    since: 0,
    check({ annotations, spec }, minor) {
      if (minor < 19) return seccompAnnotations(annotations, spec)
      const types: string[] = []
      const { who } = setters(spec, ({ seccompProfile }) => {
        if (seccompProfile === undefined || isGoodSeccomp(seccompProfile.type)) return false
        types.push(seccompProfile.type)
        return true
      })
      if (who.length === 0) return undefined
      const detail = `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(sorted(types))}`
      return { reason: 'seccompProfile', detail }
    },
  },
  {
    id: 'sysctls',
    level: 'baseline',
    since: 0,
    check({ spec }, minor) {
      const bad = (spec.securityContext?.sysctls ?? [])
        .map(({ name }) => name)
        .filter((name) => !(Object.hasOwn(safeSysctls, name) && safeSysctls[name]! <= minor))
      return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
    },
  },
  {
    id: 'windowsHostProcess',
    level: 'baseline',
    since: 0,
    check({ spec }) {
      const { who } = setters(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true)
      if (who.length === 0) return undefined
      const detail = `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`
      return { reason: 'hostProcess', detail }
    },
  },
]

/** Profiles that restrict at least as much as the runtime does by itself. */
export function isGoodSeccomp(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost'
}

/** Hides of /proc that containers take away. */
export function procMount(spec: PodSpec): { reason: string; detail: string } | undefined {
  const types: string[] = []
  const bad = badContainers(spec, ({ securityContext }) => {
    const type = securityContext?.procMount ?? 'Default'
    if (type === 'Default') return false
    types.push(type)
    return true
  })
  if (bad.length === 0) return undefined
  const detail = `${counted('container', bad)} must not set securityContext.procMount to ${quoted(sorted(types))}`
  return { reason: 'procMount', detail }
}

function hostsOf(handler: Probe | LifecycleHandler | undefined): string[] {
  const hosts = [handler?.httpGet?.host, handler?.tcpSocket?.host]
  return hosts.filter((host): host is string => host !== undefined && host !== '')
}

function seccompAnnotations(
  annotations: Readonly<Record<string, string>>,
  spec: PodSpec,
): { reason: string; detail: string } | undefined {
  const keys = [seccompPodAnnotation, ...allContainers(spec).map(({ name }) => seccompContainerAnnotation + name)]
  const bad = keys
    .filter(
      (key) =>
        annotations[key] !== undefined && !/^(runtime\/default$|docker\/default$|localhost\/)/.test(annotations[key]),
    )
    .map((key) => `${key}=${JSON.stringify(annotations[key])}`)
  if (bad.length === 0) return undefined
  const all = sorted(bad)
  return { reason: 'seccompProfile', detail: `forbidden annotation${all.length === 1 ? '' : 's'} ${all.join(', ')}` }
}
