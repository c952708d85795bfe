import { httpHeaderName, portNumber } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { notNegative } from '../../meta/validate-numbers.ts'
import type { Lifecycle, LifecycleHandler, PodSpec, Probe } from '../v1.ts'
import { validatePort } from './ports.ts'

interface WithHandlers {
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
  readonly lifecycle?: Lifecycle
}

/** Checks how a container is asked whether it is well, and what is done when it starts and stops. */
export function validateHandlers(container: WithHandlers, spec: PodSpec, path: string, problems: Problems): void {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  if (lifecycle !== undefined) validateLifecycle(lifecycle, spec, `${path}.lifecycle`, problems)
  for (const [name, probe] of [
    ['livenessProbe', livenessProbe],
    ['startupProbe', startupProbe],
  ] as const) {
    if (probe === undefined) continue
    validateProbe(probe, spec, `${path}.${name}`, problems)
    if ((probe.successThreshold ?? 1) !== 1) {
      problems.invalid(`${path}.${name}.successThreshold`, probe.successThreshold, 'must be 1')
    }
  }
  if (readinessProbe !== undefined) {
    const field = `${path}.readinessProbe`
    validateProbe(readinessProbe, spec, field, problems)
    const seconds = readinessProbe.terminationGracePeriodSeconds
    if (seconds !== undefined) {
      problems.invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes')
    }
  }
}

function validateProbe(probe: Probe, spec: PodSpec, field: string, problems: Problems): void {
  validateHandler(probe, spec, field, problems)
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    notNegative(probe[name], `${field}.${name}`, problems)
  }
  const seconds = probe.terminationGracePeriodSeconds
  if (seconds !== undefined && seconds <= 0) {
    problems.invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')
  }
}

function validateLifecycle(lifecycle: Lifecycle, spec: PodSpec, field: string, problems: Problems): void {
  const { postStart, preStop, stopSignal } = lifecycle
  if (postStart !== undefined) validateHandler(postStart, spec, `${field}.postStart`, problems)
  if (preStop !== undefined) validateHandler(preStop, spec, `${field}.preStop`, problems)
  if (stopSignal === undefined) return
  if (spec.os === undefined) {
    problems.forbidden(`${field}.stopSignal`, 'may not be set for containers with empty `spec.os.name`')
  } else if (spec.os.name === 'windows' && stopSignal !== 'SIGKILL' && stopSignal !== 'SIGTERM') {
    problems.notSupported(`${field}.stopSignal`, stopSignal, ['SIGKILL', 'SIGTERM'])
  }
}

type Handler = Partial<Probe & LifecycleHandler>

function validateHandler(handler: Handler, spec: PodSpec, field: string, problems: Problems): void {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  const given = Object.entries({ exec, httpGet, tcpSocket, grpc, sleep }).filter(([, one]) => one !== undefined)
  if (given.length === 0) problems.required(field, 'must specify a handler type')
  for (const [name] of given.slice(1))
    problems.forbidden(`${field}.${name}`, 'may not specify more than 1 handler type')
  if (exec !== undefined && (exec.command ?? []).length === 0) problems.required(`${field}.exec.command`)
  if (httpGet !== undefined) {
    if ((httpGet.path ?? '') === '') problems.required(`${field}.httpGet.path`)
    validatePort(httpGet.port, `${field}.httpGet.port`, problems)
    for (const { name } of httpGet.httpHeaders ?? []) {
      problems.invalidBy(httpHeaderName(name), `${field}.httpGet.httpHeaders`, name)
    }
  }
  if (tcpSocket !== undefined) validatePort(tcpSocket.port, `${field}.tcpSocket.port`, problems)
  if (grpc !== undefined) problems.invalidBy(portNumber(grpc.port), `${field}.grpc.port`, grpc.port)
  const grace = spec.terminationGracePeriodSeconds
  if (sleep !== undefined && grace !== undefined && (sleep.seconds < 0 || sleep.seconds > grace)) {
    const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
    problems.invalid(`${field}.sleep`, sleep.seconds, detail)
  }
}
