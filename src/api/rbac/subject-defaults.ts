import type { Subject } from './v1.ts'

/** Users and groups are of the group of roles, ServiceAccounts of the core. */
export function subjectDefaults(binding: { readonly subjects?: Subject[] }): void {
  for (const subject of binding.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ??= 'rbac.authorization.k8s.io'
  }
}
