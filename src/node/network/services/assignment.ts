import { ElementBuilder } from './elements.ts'
import type { Elements } from './elements.ts'
import type { Frontend, Pool, ServicePlan, Target } from './plan.ts'
import { POOL_MARK } from './ruleset.ts'

/** The numbers by which the kernel's maps know a pool and its targets. They stay the same for as long as the pool does. */
export interface PoolNumbers {
  readonly id: number
  /** The target at each index; connections are spread over the indexes. */
  readonly slots: readonly Target[]
  /** What the clients of a sticky pool are remembered by. */
  readonly stickyIds: ReadonlyMap<Target, number>
}

/** The numbers of one Service's pools, by the pool's name. */
export type Assignment = ReadonlyMap<string, PoolNumbers>

/** Hands out numbers that nobody else has. */
export interface Numbers {
  pool(): number
  sticky(): number
}

/** Pure but for the numbers it takes: what has a number keeps it, and an index moves only to close a gap. */
export function assign(plan: ServicePlan, previous: Assignment, numbers: Numbers): Assignment {
  const assignment = new Map<string, PoolNumbers>()
  for (const pool of plan.pools) {
    const known = previous.get(pool.name)
    const stickyIds = new Map<Target, number>()
    if (pool.stickySeconds !== undefined) {
      for (const target of pool.targets) stickyIds.set(target, known?.stickyIds.get(target) ?? numbers.sticky())
    }
    assignment.set(pool.name, {
      id: known?.id ?? numbers.pool(),
      slots: placeTargets(known?.slots ?? [], pool.targets),
      stickyIds,
    })
  }
  return assignment
}

/** Keeps each target at its index, puts new ones into the gaps, and closes what gaps are left with the last ones. */
export function placeTargets(previous: readonly Target[], wanted: readonly Target[]): readonly Target[] {
  const staying = new Set(wanted)
  const slots = Array.from(previous, (target) => (staying.delete(target) ? target : undefined))
  const waiting = [...staying]
  for (let index = 0; index < slots.length && waiting.length > 0; index++) slots[index] ??= waiting.shift()
  slots.push(...waiting)
  for (let index = 0; index < slots.length; index++) {
    while (slots.length > index && slots.at(-1) === undefined) slots.pop()
    if (index < slots.length && slots[index] === undefined) slots[index] = slots.pop()
  }
  return slots as Target[]
}

/** Pure. The elements that make the kernel do what the plan says. */
export function elementsOf(plan: ServicePlan, assignment: Assignment): Elements {
  const elements = new ElementBuilder()
  for (const pool of plan.pools) {
    const { id, slots, stickyIds } = assignment.get(pool.name)!
    elements.add('pools', `${id}`, verdictOf(pool, slots.length))
    for (const [index, target] of slots.entries()) {
      const stickyId = stickyIds.get(target)
      if (stickyId === undefined) {
        elements.add(`${pool.protocol}_targets`, `${id} . ${index}`, target)
      } else {
        elements.add('sticky_choices', `${id} . ${index}`, `${stickyId}`)
        elements.add('sticky_targets', `${stickyId}`, target)
      }
    }
  }
  for (const { map, key, pool } of plan.frontends) elements.add(map, key, `${assignment.get(pool)!.id}`)
  for (const { key, sources } of plan.restrictions) {
    elements.add('restricted', key)
    for (const source of sources) elements.add('permitted', `${key} . ${source}`)
  }
  return elements.build()
}

function verdictOf(pool: Pool, size: number): string {
  if (size === 0) return pool.whenEmpty === 'drop' ? 'drop' : 'goto refuse'
  return pool.stickySeconds === undefined
    ? `goto spread-${pool.protocol}-${size}`
    : `goto stick-${size}-${pool.stickySeconds}`
}

/**
 * Finds the numbers that an earlier process gave to the pools of a plan, by the frontends that lead to them, so that
 * adopting what is in the kernel changes nothing that is right already. Pure but for `taken`, to which it adds them: a
 * frontend may have moved from one Service to another meanwhile, but only one can have the pool.
 */
export function adopt(plan: ServicePlan, kernel: Elements, index: KernelIndex, taken: Set<number>): Assignment {
  const adopted = new Map<string, PoolNumbers>()
  for (const pool of plan.pools) {
    const id = plan.frontends
      .filter((frontend) => frontend.pool === pool.name)
      .map((frontend) => idOf(frontend, kernel))
      .find((candidate) => candidate !== undefined && !taken.has(candidate))
    if (id === undefined) continue
    taken.add(id)
    const plain = index.targets.get(pool.protocol)?.get(id) ?? []
    const sticky = index.stickyChoices.get(id) ?? []
    const stickyIds = new Map<Target, number>()
    const slots = sticky.length > 0 && pool.stickySeconds !== undefined ? [] : [...plain]
    if (pool.stickySeconds !== undefined) {
      for (const stickyId of sticky) {
        const target = kernel.get('sticky_targets')?.get(`${stickyId}`)
        if (target === undefined || stickyIds.has(target)) continue
        stickyIds.set(target, stickyId)
        slots.push(target)
      }
    }
    adopted.set(pool.name, { id, slots, stickyIds })
  }
  return adopted
}

/** The kernel's indexed maps, by pool. */
export interface KernelIndex {
  /** By protocol first. */
  readonly targets: ReadonlyMap<string, ReadonlyMap<number, readonly Target[]>>
  readonly stickyChoices: ReadonlyMap<number, readonly number[]>
  /** The highest numbers in use. */
  readonly poolIdMax: number
  readonly stickyIdMax: number
}

/** Pure. Orders what `adopt` looks up. */
export function indexKernel(kernel: Elements): KernelIndex {
  const grouped = (map: string): Map<number, string[]> => {
    const groups = new Map<number, string[]>()
    for (const [key, value] of kernel.get(map) ?? []) {
      const [id, index] = key.split(' . ').map(Number) as [number, number]
      let group = groups.get(id)
      if (group === undefined) groups.set(id, (group = []))
      group[index] = value
    }
    return groups
  }
  const max = (map: string, floor: number): number => {
    let highest = floor
    for (const key of kernel.get(map)?.keys() ?? []) highest = Math.max(highest, Number(key))
    return highest
  }
  const sticky = grouped('sticky_choices')
  return {
    targets: new Map(['tcp', 'udp', 'sctp'].map((protocol) => [protocol, grouped(`${protocol}_targets`)])),
    stickyChoices: new Map(Array.from(sticky, ([id, choices]) => [id, choices.map(Number)])),
    poolIdMax: max('pools', POOL_MARK),
    stickyIdMax: max('sticky_targets', 0),
  }
}

function idOf({ map, key }: Frontend, kernel: Elements): number | undefined {
  const id = kernel.get(map)?.get(key)
  return id === undefined ? undefined : Number(id)
}
