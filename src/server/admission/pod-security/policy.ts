import type { Problems } from '../../../api/meta/problems.ts'
import { baselineChecks } from './baseline.ts'
import type { Check, PodView, Violation } from './check.ts'
import { restrictedChecks } from './restricted.ts'

export type Level = 'privileged' | 'baseline' | 'restricted'

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted']

/** A level of the Pod Security Standards as of some version. */
export interface Standard {
  readonly level: Level
  /** `latest`, or `v1.x`. */
  readonly version: string
}

/** What a namespace asks of its Pods: what is refused, what is noted, and what is warned of. */
export interface Policy {
  readonly enforce: Standard
  readonly audit: Standard
  readonly warn: Standard
}

const LABEL = 'pod-security.kubernetes.io/'

const privileged: Standard = { level: 'privileged', version: 'latest' }

/** Whether nothing at all is asked, which is so for most namespaces. */
export function asksNothing({ enforce, audit, warn }: Policy): boolean {
  return [enforce, audit, warn].every(({ level }) => level === 'privileged')
}

/** The policy that a namespace's labels state. A level that is none is taken for the strictest when it is to be enforced. */
export function policyOf(labels: Readonly<Record<string, string>> = {}, problems?: Problems): Policy {
  const read = (mode: string, fallback: Level): Standard => ({
    level: readLevel(labels, mode, fallback, problems),
    version: readVersion(labels, `${mode}-version`, problems),
  })
  const enforce = read('enforce', 'restricted')
  const audit = read('audit', 'privileged')
  const warn = read('warn', 'privileged')
  // Whoever sees a refusal coming is told, unless they have said what to tell them.
  const isTold = labels[`${LABEL}warn`] !== undefined || !levels.includes(labels[`${LABEL}enforce`] as Level)
  if (isTold) return { enforce, audit, warn }
  const version = labels[`${LABEL}warn-version`] === undefined ? enforce.version : warn.version
  return { enforce, audit, warn: { level: enforce.level, version } }
}

function readLevel(
  labels: Readonly<Record<string, string>>,
  mode: string,
  fallback: Level,
  problems: Problems | undefined,
): Level {
  const value = labels[LABEL + mode]
  if (value === undefined) return privileged.level
  if (levels.includes(value as Level)) return value as Level
  problems?.invalid(`metadata.labels[${LABEL}${mode}]`, value, `must be one of ${levels.join(', ')}`)
  return fallback
}

function readVersion(labels: Readonly<Record<string, string>>, mode: string, problems: Problems | undefined): string {
  const value = labels[LABEL + mode]
  if (value === undefined || value === 'latest') return 'latest'
  if (/^v1\.(0|[1-9]\d*)$/.test(value)) return value
  problems?.invalid(`metadata.labels[${LABEL}${mode}]`, value, 'must be "latest" or "v1.x"')
  return 'latest'
}

const all = [...baselineChecks, ...restrictedChecks].toSorted(
  (a, b) => Number(a.level === 'restricted') - Number(b.level === 'restricted') || (a.id < b.id ? -1 : 1),
)

/** Everything that a Pod asks for beyond a standard. */
export function violations({ level, version }: Standard, pod: PodView): Violation[] {
  if (level === 'privileged') return []
  const minor = version === 'latest' ? Infinity : Number(version.slice('v1.'.length))
  return checksFor(level, minor).flatMap((check) => check.check(pod, minor) ?? [])
}

function checksFor(level: Level, minor: number): readonly Check[] {
  const current = all.filter(
    ({ since, level: own }) => since <= minor && (level === 'restricted' || own === 'baseline'),
  )
  const overridden = new Set(current.flatMap(({ overrides = [] }) => overrides))
  return current.filter(({ id }) => !overridden.has(id))
}

export function showStandard({ level, version }: Standard): string {
  return JSON.stringify(`${level}:${version}`)
}

/** Violations with their details, as one sentence. */
export function showViolations(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')
}
