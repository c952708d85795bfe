import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/discovery/v1.ts'
import { sameJson } from '../../lib/patch/json.ts'
import { stableJson } from '../template-hash.ts'

/** Endpoints that listen on the same ports. */
export interface EndpointGroup {
  readonly addressType: 'IPv4' | 'IPv6'
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** What is to be written so that the slices say what is wanted. */
export interface SlicePlan {
  readonly create: readonly EndpointGroup[]
  readonly update: readonly { readonly slice: EndpointSlice; readonly endpoints: readonly Endpoint[] }[]
  readonly remove: readonly EndpointSlice[]
}

interface Draft {
  readonly slice: EndpointSlice
  readonly endpoints: Endpoint[]
  changed: boolean
}

/**
 * Pure. Changes as few slices as possible: what is wanted stays where it is, what is new fills slices that change
 * anyway, then the fullest one with room for it, then new ones.
 */
export function planSlices(
  existing: readonly EndpointSlice[],
  groups: readonly EndpointGroup[],
  options: { readonly max: number; readonly isStale?: (slice: EndpointSlice) => boolean },
): SlicePlan {
  const { max, isStale = () => false } = options
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    const key = groupKey(slice.addressType, slice.ports)
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  const create: EndpointGroup[] = []
  const update: { slice: EndpointSlice; endpoints: readonly Endpoint[] }[] = []
  const remove: EndpointSlice[] = []
  for (const group of groups) {
    const key = groupKey(group.addressType, group.ports)
    const plan = planGroup(byPorts.get(key) ?? [], group, max, isStale)
    byPorts.delete(key)
    create.push(...plan.create)
    update.push(...plan.update)
    remove.push(...plan.remove)
  }
  for (const slices of byPorts.values()) remove.push(...slices)
  return { create, update, remove }
}

function planGroup(
  slices: readonly EndpointSlice[],
  group: EndpointGroup,
  max: number,
  isStale: (slice: EndpointSlice) => boolean,
): SlicePlan {
  const missing = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]))
  const drafts = slices.map((slice) => keepWanted(slice, missing, isStale(slice)))
  const rest = [...missing.values()]
  for (const draft of drafts.filter((one) => one.changed).toSorted((a, b) => b.endpoints.length - a.endpoints.length)) {
    if (rest.length === 0) break
    draft.endpoints.push(...rest.splice(0, Math.max(0, max - draft.endpoints.length)))
  }
  const create: EndpointGroup[] = []
  while (rest.length >= max) create.push({ ...group, endpoints: rest.splice(0, max) })
  if (rest.length > 0) {
    const withRoom = drafts.filter((draft) => draft.endpoints.length + rest.length <= max)
    const [fullest] = withRoom.toSorted((a, b) => b.endpoints.length - a.endpoints.length)
    if (fullest === undefined) {
      create.push({ ...group, endpoints: rest })
    } else {
      fullest.endpoints.push(...rest)
      fullest.changed = true
    }
  }
  const isEmpty = (draft: Draft): boolean => draft.endpoints.length === 0 && group.endpoints.length > 0
  return {
    create: create.length === 0 && drafts.length === 0 ? [group] : create,
    update: drafts.filter((draft) => draft.changed && !isEmpty(draft)),
    // A group without endpoints is said by one empty slice.
    remove: [...drafts.filter(isEmpty), ...(group.endpoints.length === 0 ? drafts.slice(1) : [])].map(
      ({ slice }) => slice,
    ),
  }
}

function keepWanted(slice: EndpointSlice, missing: Map<string, Endpoint>, isStale: boolean): Draft {
  const endpoints: Endpoint[] = []
  let changed = isStale
  for (const endpoint of slice.endpoints) {
    const key = endpointKey(endpoint)
    const wanted = missing.get(key)
    if (wanted === undefined) {
      changed = true
      continue
    }
    missing.delete(key)
    endpoints.push(wanted)
    if (!sameJson(wanted, endpoint)) changed = true
  }
  return { slice, endpoints, changed }
}

function groupKey(addressType: string, ports: readonly EndpointPort[]): string {
  return `${addressType} ${stableJson(ports.toSorted(byName))}`
}

const byName = (a: EndpointPort, b: EndpointPort): number => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)

/** Two endpoints of one key are the same one at different times. */
function endpointKey({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses.toSorted().join(' ')}`
}
