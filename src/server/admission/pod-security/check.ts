import type {
  Container,
  EphemeralContainer,
  PodSecurityContext,
  PodSpec,
  SecurityContext,
} from '../../../api/core/v1.ts'

/** What a check looks at: a Pod, or the template of one. */
export interface PodView {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: PodSpec
}

/** What a Pod asks for that it may not have. Texts are those that users of Kubernetes know. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** One rule of the Pod Security Standards. */
export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  /** The minor version of Kubernetes since which there is this rule. */
  readonly since: number
  /** Rules of the lower level that this one makes superfluous. */
  readonly overrides?: readonly string[]
  check(pod: PodView, minor: number): Violation | undefined
}

export type AnyContainer = Container | EphemeralContainer

/** All containers of a Pod, in the order in which they are named. */
export function allContainers({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): AnyContainer[] {
  return [...initContainers, ...containers, ...ephemeralContainers]
}

/** The names of the containers that `isBad` finds bad. */
export function badContainers(spec: PodSpec, isBad: (container: AnyContainer) => boolean): string[] {
  return allContainers(spec)
    .filter(isBad)
    .map(({ name }) => name)
}

export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

/** `container "a"`, or `containers "a", "b"`. */
export function counted(noun: string, names: readonly string[], plural = `${noun}s`): string {
  return `${names.length === 1 ? noun : plural} ${quoted(names)}`
}

export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].toSorted()
}

/** Who sets something bad: the Pod as a whole, some containers, or both. */
export function setters(
  spec: PodSpec,
  isBad: (context: PodSecurityContext | SecurityContext) => boolean,
): { readonly who: readonly string[]; readonly containers: readonly string[] } {
  const pod = spec.securityContext !== undefined && isBad(spec.securityContext)
  const containers = badContainers(
    spec,
    ({ securityContext }) => securityContext !== undefined && isBad(securityContext),
  )
  return {
    who: [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [counted('container', containers)] : [])],
    containers,
  }
}

/** Pods for Windows cannot do what some rules ask for. */
export function isForWindows({ os }: PodSpec): boolean {
  return os?.name === 'windows'
}

/** A Pod in a user namespace of its own is root of nothing else. */
export function hasOwnUsers({ hostUsers }: PodSpec): boolean {
  return hostUsers === false
}
