import type { Volume } from '../../../api/core/v1.ts'
import { isGoodSeccomp, procMount } from './baseline.ts'
import type { Check } from './check.ts'
import { badContainers, counted, hasOwnUsers, isForWindows, quoted, setters, sorted } from './check.ts'

/** Kinds of volumes that are not of the node. */
const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const

/** The rules that keep a Pod to what a well-made application needs. */
export const restrictedChecks: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    since: 8,
    check({ spec }, minor) {
      if (minor >= 25 && isForWindows(spec)) return undefined
      const bad = badContainers(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
      if (bad.length === 0) return undefined
      const detail = `${counted('container', bad)} must set securityContext.allowPrivilegeEscalation=false`
      return { reason: 'allowPrivilegeEscalation != false', detail }
    },
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    since: 22,
    overrides: ['capabilities_baseline'],
    check({ spec }, minor) {
      if (minor >= 25 && isForWindows(spec)) return undefined
      const keeping = badContainers(
        spec,
        ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
      )
      const capabilities: string[] = []
      const adding = badContainers(spec, ({ securityContext }) => {
        const added = (securityContext?.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE')
        capabilities.push(...added)
        return added.length > 0
      })
      const details = []
      if (keeping.length > 0) {
        details.push(`${counted('container', keeping)} must set securityContext.capabilities.drop=["ALL"]`)
      }
      if (adding.length > 0) {
        const which = quoted(sorted(capabilities))
        details.push(`${counted('container', adding)} must not include ${which} in securityContext.capabilities.add`)
      }
      return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
    },
  },
  {
    id: 'procMount_restricted',
    level: 'restricted',
    since: 35,
    overrides: ['procMount'],
    check: ({ spec }) => procMount(spec),
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    since: 0,
    overrides: ['hostPathVolumes'],
    check({ spec }) {
      const bad = (spec.volumes ?? []).filter((volume) => !allowedVolumes.some((type) => volume[type] !== undefined))
      if (bad.length === 0) return undefined
      const names = bad.map(({ name }) => name)
      const types = counted('restricted volume type', sorted(bad.map(typeOf)))
      const detail = `${counted('volume', names)} ${names.length === 1 ? 'uses' : 'use'} ${types}`
      return { reason: 'restricted volume types', detail }
    },
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    since: 0,
    check({ spec }, minor) {
      if (minor >= 35 && hasOwnUsers(spec)) return undefined
      const { who } = setters(spec, ({ runAsNonRoot }) => runAsNonRoot === false)
      if (who.length > 0) {
        const detail = `${who.join(' and ')} must not set securityContext.runAsNonRoot=false`
        return { reason: 'runAsNonRoot != true', detail }
      }
      if (spec.securityContext?.runAsNonRoot === true) return undefined
      const silent = badContainers(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
      if (silent.length === 0) return undefined
      const detail = `pod or ${counted('container', silent)} must set securityContext.runAsNonRoot=true`
      return { reason: 'runAsNonRoot != true', detail }
    },
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    since: 23,
    check({ spec }, minor) {
      if (minor >= 35 && hasOwnUsers(spec)) return undefined
      const { who } = setters(spec, ({ runAsUser }) => runAsUser === 0)
      if (who.length === 0) return undefined
      return { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` }
    },
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    since: 19,
    overrides: ['seccompProfile_baseline'],
    check({ spec }, minor) {
      if (minor >= 25 && isForWindows(spec)) return undefined
      const types: string[] = []
      const { who } = setters(spec, ({ seccompProfile }) => {
        if (seccompProfile === undefined || isGoodSeccomp(seccompProfile.type)) return false
        types.push(seccompProfile.type)
        return true
      })
      if (who.length > 0) {
        const detail = `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(sorted(types))}`
        return { reason: 'seccompProfile', detail }
      }
      if (spec.securityContext?.seccompProfile !== undefined) return undefined
      const silent = badContainers(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined)
      if (silent.length === 0) return undefined
      const detail = `pod or ${counted('container', silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
      return { reason: 'seccompProfile', detail }
    },
  },
]

function typeOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'
}
