import { dns1123Label } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import type { Container, EphemeralContainer, PodSpec, Volume } from '../v1.ts'
import { validateEnvironment } from './environment.ts'
import { validateHandlers } from './handlers.ts'
import { validateMounts } from './mounts.ts'
import { validateContainerPorts, validateHostPorts } from './ports.ts'
import { validateResources } from './resources.ts'
import { validateSecurityContext } from './security.ts'

type Volumes = ReadonlyMap<string, Volume>

/** Checks all containers of a Pod. */
export function validateContainers(spec: PodSpec, volumes: Volumes, path: string, problems: Problems): void {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec
  if (containers.length === 0) problems.required(`${path}.containers`)
  const names = new Set<string>()
  const takeName = (name: string, field: string): void => {
    if (name !== '' && names.has(name)) problems.duplicate(`${field}.name`, name)
    names.add(name)
  }
  for (const [i, container] of containers.entries()) {
    const field = `${path}.containers[${i}]`
    validateCommon(container, spec, volumes, field, problems)
    takeName(container.name, field)
    validateHandlers(container, spec, field, problems)
    validateRestarts(container, field, problems)
  }
  validateHostPorts(containers, `${path}.containers`, problems)
  for (const [i, container] of initContainers.entries()) {
    const field = `${path}.initContainers[${i}]`
    validateCommon(container, spec, volumes, field, problems)
    takeName(container.name, field)
    validateHostPorts([container], `${path}.initContainers`, problems)
    validateRestarts(container, field, problems)
    if (container.restartPolicy === 'Always') validateHandlers(container, spec, field, problems)
    else forbidHandlers(container, field, problems)
  }
  for (const [i, container] of ephemeralContainers.entries()) {
    const field = `${path}.ephemeralContainers[${i}]`
    validateCommon(container, spec, volumes, field, problems)
    takeName(container.name, field)
    validateEphemeral(container, spec, field, problems)
  }
}

function validateCommon(
  container: Container | EphemeralContainer,
  spec: PodSpec,
  volumes: Volumes,
  field: string,
  problems: Problems,
): void {
  const { name, image = '' } = container
  if (name !== '') problems.invalidBy(dns1123Label(name), `${field}.name`, name)
  if (image === '') problems.required(`${field}.image`)
  else if (image.trim() !== image) {
    problems.invalid(`${field}.image`, image, 'must not have leading or trailing whitespace')
  }
  validateContainerPorts(container, `${field}.ports`, problems)
  validateEnvironment(container, field, problems)
  validateMounts(container, volumes, field, problems)
  validateResources(container.resources, `${field}.resources`, problems)
  validateResizing(container, spec, `${field}.resizePolicy`, problems)
  validateSecurityContext(container.securityContext, spec, `${field}.securityContext`, problems)
}

const RESIZABLE = ['cpu', 'memory']

function validateResizing({ resizePolicy = [] }: Container, spec: PodSpec, field: string, problems: Problems): void {
  const seen = new Set<string>()
  for (const [i, { resourceName, restartPolicy }] of resizePolicy.entries()) {
    if (seen.has(resourceName)) problems.duplicate(`${field}[${i}]`, resourceName)
    seen.add(resourceName)
    if (!RESIZABLE.includes(resourceName)) problems.notSupported(field, resourceName, RESIZABLE)
    if (restartPolicy !== 'NotRequired' && restartPolicy !== 'RestartContainer') {
      problems.notSupported(field, restartPolicy, ['NotRequired', 'RestartContainer'])
    } else if (spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      problems.invalid(field, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
    }
  }
}

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure']

function validateRestarts(
  { restartPolicy, restartPolicyRules = [] }: Container,
  field: string,
  problems: Problems,
): void {
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length > 0) {
      problems.required(`${field}.restartPolicy`, 'must specify restartPolicy when restart rules are used')
    }
  } else if (!RESTART_POLICIES.includes(restartPolicy)) {
    problems.notSupported(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES)
  }
  if (restartPolicyRules.length > 20) problems.tooMany(`${field}.restartPolicyRules`, restartPolicyRules.length, 20)
  for (const [i, { exitCodes }] of restartPolicyRules.entries()) {
    const path = `${field}.restartPolicyRules[${i}].exitCodes`
    if (exitCodes === undefined) problems.required(path, 'must be specified')
    else if ((exitCodes.values ?? []).length > 255) problems.tooMany(`${path}.values`, exitCodes.values!.length, 255)
  }
}

function forbidHandlers(container: Container, field: string, problems: Problems): void {
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[name] !== undefined) {
      problems.forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always')
    }
  }
}

/** What would change the Pod around an ephemeral container, which is only a guest. */
const NOT_EPHEMERAL = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy'] as const

function validateEphemeral(container: EphemeralContainer, spec: PodSpec, field: string, problems: Problems): void {
  const detail = 'cannot be set for an Ephemeral Container'
  const { targetContainerName = '', volumeMounts = [], resources, restartPolicy } = container
  const others = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name)
  if (targetContainerName !== '' && !others.includes(targetContainerName)) {
    problems.notFound(`${field}.targetContainerName`, targetContainerName)
  }
  for (const name of NOT_EPHEMERAL) if (container[name] !== undefined) problems.forbidden(`${field}.${name}`, detail)
  if (restartPolicy !== undefined) problems.forbidden(`${field}.restartPolicy`, detail)
  if (Object.keys(resources).length > 0) problems.forbidden(`${field}.resources`, detail)
  for (const [i, { subPath = '', subPathExpr = '' }] of volumeMounts.entries()) {
    if (subPath !== '') problems.forbidden(`${field}.volumeMounts[${i}].subPath`, detail)
    if (subPathExpr !== '') problems.forbidden(`${field}.volumeMounts[${i}].subPathExpr`, detail)
  }
}
