import type { PolicyRule } from '../../api/rbac/v1.ts'
import type { Question } from './question.ts'

/** A rule as roles have it; lists that are absent are empty. */
export type Rule = Pick<PolicyRule, 'verbs'> & Partial<PolicyRule>

const ANY = '*'

/** Whether one rule allows what is asked. */
export function allows(rule: Rule, question: Question): boolean {
  if (!has(rule.verbs, question.verb)) return false
  if (!question.resource) return pathMatches(rule.nonResourceURLs, question.path)
  return (
    has(rule.apiGroups, question.group) &&
    resourceMatches(rule.resources, question.plural, question.subresource) &&
    nameMatches(rule.resourceNames, question.name)
  )
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(value) || list.includes(ANY))
}

function resourceMatches(resources: readonly string[] | undefined, plural: string, subresource: string): boolean {
  if (resources === undefined) return false
  for (const resource of resources) {
    if (resource === ANY) return true
    if (subresource === '' ? resource === plural : isSubresource(resource, plural, subresource)) return true
  }
  return false
}

/** Whether `resource` is `plural/subresource`, or that of every resource; no string is built, since it is asked so often. */
function isSubresource(resource: string, plural: string, subresource: string): boolean {
  const slash = resource.length - subresource.length - 1
  if (slash < 1 || resource.charCodeAt(slash) !== 47 || !resource.endsWith(subresource)) return false
  return (slash === 1 && resource.startsWith(ANY)) || (slash === plural.length && resource.startsWith(plural))
}

function nameMatches(names: readonly string[] | undefined, name: string): boolean {
  return names === undefined || names.length === 0 || names.includes(name)
}

/** A path ends in `*` to mean everything that begins so. */
function pathMatches(paths: readonly string[] | undefined, path: string): boolean {
  return paths !== undefined && paths.some((allowed) => coversPath(allowed, path))
}

function coversPath(owned: string, path: string): boolean {
  return owned === path || owned === ANY || (owned.endsWith(ANY) && path.startsWith(owned.slice(0, -1)))
}

/**
 * Those parts of `wanted` that `owned` does not give: what somebody would gain by a role. Each part has one verb and one
 * resource or path.
 */
export function uncovered(owned: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  return wanted.flatMap(parts).filter((part) => !owned.some((rule) => covers(rule, part)))
}

/** Rules that each say one thing, together saying the same. */
function parts(rule: Rule): Rule[] {
  const names = (rule.resourceNames ?? []).map((name) => [name])
  const found: Rule[] = []
  for (const verb of rule.verbs) {
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] }
        if (names.length === 0) found.push(part)
        for (const resourceNames of names) found.push({ ...part, resourceNames })
      }
    }
    for (const path of rule.nonResourceURLs ?? []) found.push({ verbs: [verb], nonResourceURLs: [path] })
  }
  return found
}

function covers(owned: Rule, part: Rule): boolean {
  if (!has(owned.verbs, part.verbs[0]!)) return false
  if (part.nonResourceURLs !== undefined) {
    return (owned.nonResourceURLs ?? []).some((path) => coversPath(path, part.nonResourceURLs![0]!))
  }
  const [resource, subresource] = part.resources![0]!.split('/')
  return (
    has(owned.apiGroups, part.apiGroups![0]!) &&
    (owned.resources ?? []).some(
      (mine) =>
        mine === ANY || mine === part.resources![0] || (subresource !== undefined && mine === `*/${subresource}`),
    ) &&
    resource !== undefined &&
    coversNames(owned.resourceNames, part.resourceNames)
  )
}

function coversNames(owned: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  if (owned === undefined || owned.length === 0) return true
  return wanted !== undefined && wanted.every((name) => owned.includes(name))
}
