import { qualifiedName } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { canonicalQuantity, compareQuantities } from '../../meta/quantity.ts'
import { isWhole, quantityNotNegative } from '../../meta/validate-numbers.ts'
import type { ResourceRequirements } from '../v1.ts'

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage'])

/** Names without a domain that something in the platform counts. */
const STANDARD = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
])

/** Checks what a container asks for and may use. */
export function validateResources(resources: ResourceRequirements, field: string, problems: Problems): void {
  const { limits = {}, requests = {} } = resources
  for (const [name, amount] of Object.entries(limits))
    validateAmount(name, amount, `${field}.limits[${name}]`, problems)
  for (const [name, amount] of Object.entries(requests)) {
    validateAmount(name, amount, `${field}.requests[${name}]`, problems)
    const limit = limits[name]
    if (limit === undefined) {
      if (!canOvercommit(name))
        problems.required(`${field}.limits`, 'Limit must be set for non overcommitable resources')
      continue
    }
    const order = compareQuantities(amount, limit)
    const shown = canonicalQuantity(limit)
    if (order !== 0 && !canOvercommit(name)) {
      problems.invalid(`${field}.requests`, canonicalQuantity(amount), `must be equal to ${name} limit of ${shown}`)
    } else if (order > 0) {
      problems.invalid(
        `${field}.requests`,
        canonicalQuantity(amount),
        `must be less than or equal to ${name} limit of ${shown}`,
      )
    }
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    problems.forbidden(field, 'HugePages require cpu or memory')
  }
}

function validateAmount(name: string, amount: string, field: string, problems: Problems): void {
  validateResourceName(name, field, problems)
  if (!name.includes('/') && STANDARD.has(name) && !CONTAINER_RESOURCES.has(name)) {
    problems.invalid(field, name, 'must be a standard resource for containers')
  }
  validateResourceValue(name, amount, field, problems)
}

/** Checks that an amount makes sense for a resource: nothing negative, no halves of what comes in pieces. */
export function validateResourceValue(name: string, amount: string, field: string, problems: Problems): void {
  quantityNotNegative(amount, field, problems)
  if (comesInPieces(name) && !isWhole(amount)) problems.invalid(field, amount, 'must be an integer')
}

/** Checks the name of a resource. */
export function validateResourceName(name: string, field: string, problems: Problems): void {
  const wrong = qualifiedName(name)
  problems.invalidBy(wrong, field, name)
  if (wrong.length === 0 && !name.includes('/') && !STANDARD.has(name) && !isHugePages(name)) {
    problems.invalid(field, name, 'must be a standard resource type or fully qualified')
  }
}

/** Whether more of a resource can be promised than there is. */
function canOvercommit(name: string): boolean {
  return !isHugePages(name) && (!name.includes('/') || name.includes('kubernetes.io/'))
}

function comesInPieces(name: string): boolean {
  const counted = [
    'pods',
    'services',
    'secrets',
    'configmaps',
    'resourcequotas',
    'replicationcontrollers',
    'persistentvolumeclaims',
  ]
  return (
    counted.includes(name) || (name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.'))
  )
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}
