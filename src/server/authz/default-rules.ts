import type { PolicyRule } from '../../api/rbac/v1.ts'

export const READ = ['get', 'list', 'watch'] as const
export const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'] as const

type Words = string | readonly string[]

/** A rule about resources. Words are separated by spaces; the core group is `''`. */
export function rule(verbs: Words, groups: Words, resources: Words, names?: Words): PolicyRule {
  return {
    verbs: words(verbs),
    apiGroups: groups === '' ? [''] : words(groups),
    resources: words(resources),
    ...(names !== undefined && { resourceNames: words(names) }),
  }
}

/** A rule about paths that are no resources. */
export function pathRule(verbs: Words, paths: Words): PolicyRule {
  return { verbs: words(verbs), nonResourceURLs: words(paths) }
}

/** Everybody who acts on its own account writes Events. */
export const EVENTS = rule('create patch update', ['', 'events.k8s.io'], 'events')

function words(list: Words): string[] {
  return typeof list === 'string' ? list.split(' ') : [...list]
}
