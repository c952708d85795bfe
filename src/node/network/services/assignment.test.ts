import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { adopt, assign, elementsOf, indexKernel, placeTargets } from './assignment.ts'
import type { Assignment } from './assignment.ts'
import { diffElements } from './elements.ts'
import { makeService, makeSlice } from './make.test-helper.ts'
import { planService } from './plan.ts'
import type { ServicePlan } from './plan.ts'

const place = { nodeName: 'n1', zone: undefined }

function numbers(from = 0) {
  return { pool: () => ++from, sticky: () => ++from }
}

function planFor(addresses: readonly string[], sticky = false): ServicePlan {
  const service = makeService('web', {
    type: 'NodePort',
    ports: [{ port: 80, nodePort: 30_080, protocol: 'TCP' }],
    ...(sticky && { sessionAffinity: 'ClientIP' }),
  })
  return planService(service, [makeSlice('web', addresses)], place)!
}

describe('placeTargets', () => {
  it('closes the gap of what leaves with the last, and moves nothing else', () => {
    assert.deepEqual(placeTargets(['a', 'b', 'c', 'd'], ['a', 'c', 'd']), ['a', 'd', 'c'])
    assert.deepEqual(placeTargets(['a', 'b'], ['c', 'b']), ['c', 'b'])
    assert.deepEqual(placeTargets(['a', 'b'], ['a', 'b', 'c']), ['a', 'b', 'c'])
    assert.deepEqual(placeTargets(['a', 'b'], []), [])
  })

  it('holds exactly what is wanted, without gaps, for any history', () => {
    const names = fc.uniqueArray(fc.constantFrom(...'abcdefghij'))
    fc.assert(
      fc.property(fc.array(names), (history) => {
        let slots: readonly string[] = []
        for (const wanted of history) {
          const next = placeTargets(slots, wanted)
          assert.deepEqual(next.toSorted(), wanted.toSorted())
          const moved = next.filter((target, index) => slots.includes(target) && slots[index] !== target)
          const gone = slots.filter((target) => !wanted.includes(target))
          assert.ok(moved.length <= gone.length)
          slots = next
        }
      }),
    )
  })
})

describe('elementsOf', () => {
  it('needs three elements changed for an endpoint that comes, however many there are', () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `10.244.0.${index}`)
    const few = planFor(addresses)
    const before = assign(few, new Map(), numbers())
    const more = planFor([...addresses, '10.244.1.1'])
    const after = assign(more, before, numbers(100))
    const changes = diffElements(elementsOf(few, before), elementsOf(more, after))
    assert.deepEqual(changes, [
      { map: 'pools', key: '1', before: 'goto spread-tcp-100', after: 'goto spread-tcp-101' },
      { map: 'tcp_targets', key: '1 . 100', before: undefined, after: '10.244.1.1 . 8080' },
    ])
  })

  it('remembers sticky targets by numbers that they keep', () => {
    const both = planFor(['10.244.0.1', '10.244.0.2'], true)
    const before = assign(both, new Map(), numbers())
    const one = planFor(['10.244.0.2'], true)
    const after = assign(one, before, numbers(100))
    const elements = elementsOf(one, after)
    assert.equal(elements.get('pools')!.get('3'), 'goto stick-1-10800')
    assert.deepEqual([...elements.get('sticky_targets')!], [['2', '10.244.0.2 . 8080']])
    assert.deepEqual([...elements.get('sticky_choices')!], [['3 . 0', '2']])
  })
})

describe('adopt', () => {
  it('changes nothing in a kernel that is right, whatever the order and history of its elements', () => {
    const addresses = fc.uniqueArray(fc.integer({ min: 1, max: 20 }).map((last) => `10.244.0.${last}`))
    fc.assert(
      fc.property(fc.array(addresses, { minLength: 1 }), fc.boolean(), (history, sticky) => {
        let assignment: Assignment = new Map()
        const taken = numbers()
        let plan = planFor([], sticky)
        for (const wanted of history) assignment = assign((plan = planFor(wanted, sticky)), assignment, taken)
        const kernel = elementsOf(plan, assignment)
        const again = assign(plan, adopt(plan, kernel, indexKernel(kernel), new Set()), numbers(1000))
        assert.deepEqual(diffElements(kernel, elementsOf(plan, again)), [])
      }),
    )
  })

  it('gives a pool to one Service only when an address has moved', () => {
    const plan = planFor(['10.244.0.1'])
    const kernel = elementsOf(plan, assign(plan, new Map(), numbers()))
    const taken = new Set<number>()
    assert.equal(adopt(plan, kernel, indexKernel(kernel), taken).size, 1)
    assert.equal(adopt(plan, kernel, indexKernel(kernel), taken).size, 0)
  })
})
