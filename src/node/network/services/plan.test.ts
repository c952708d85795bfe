import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Draft } from '../../../api/meta/schema.ts'
import type { Service } from '../../../api/core/v1.ts'
import { makeService, makeSlice } from './make.test-helper.ts'
import type { EndpointText } from './make.test-helper.ts'
import { planService } from './plan.ts'
import type { ServicePlan } from './plan.ts'

const place = { nodeName: 'n1', zone: 'z1' }

function plan(spec: Draft<Service['spec']>, endpoints: readonly EndpointText[], status: Draft<Service['status']> = {}) {
  return planService(makeService('web', spec, status), [makeSlice('web', endpoints)], place)!
}

/** Pools by name, as the addresses of their targets. */
function targets({ pools }: ServicePlan): Record<string, string> {
  return Object.fromEntries(
    pools.map((pool) => [pool.name, pool.targets.join(', ').replaceAll(' . 8080', '') || pool.whenEmpty]),
  )
}

/** What leads to which pool, map by map. */
function routes({ frontends }: ServicePlan): string[] {
  return frontends.map(({ map, key, pool }) => `${map}: ${key} -> ${pool}`)
}

describe('planService', () => {
  it('sends a cluster address to the ready endpoints', () => {
    const made = plan({}, ['10.244.0.1@n1', '10.244.1.2@n2', '10.244.1.3@n2!'])
    assert.deepEqual(targets(made), { 'tcp/80/cluster': '10.244.0.1, 10.244.1.2' })
    assert.deepEqual(routes(made), ['frontends: 10.96.0.100 . tcp . 80 -> tcp/80/cluster'])
  })

  it('falls back to endpoints that terminate but still serve when none is ready', () => {
    assert.deepEqual(targets(plan({}, ['10.244.0.1~', '10.244.0.2!'])), { 'tcp/80/cluster': '10.244.0.1' })
    assert.deepEqual(targets(plan({}, ['10.244.0.1~', '10.244.0.3'])), { 'tcp/80/cluster': '10.244.0.3' })
  })

  it('refuses when there is no endpoint at all', () => {
    assert.deepEqual(targets(plan({}, ['10.244.0.2!'])), { 'tcp/80/cluster': 'refuse' })
  })

  it('opens node ports', () => {
    const made = plan({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }, ['10.244.0.1'])
    assert.deepEqual(routes(made).at(-1), 'node_ports: tcp . 30080 -> tcp/80/cluster')
  })

  it('keeps clients from outside on this node, and drops them where it has no endpoint', () => {
    const spec: Draft<Service['spec']> = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30_999,
      ports: [{ port: 80, nodePort: 30_080 }],
    }
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2', ipMode: 'Proxy' }] } }
    const made = plan(spec, ['10.244.0.1@n1', '10.244.0.2@n1~', '10.244.1.2@n2'], status)
    assert.deepEqual(targets(made), { 'tcp/80/cluster': '10.244.0.1, 10.244.1.2', 'tcp/80/local': '10.244.0.1' })
    assert.deepEqual(routes(made), [
      'frontends: 10.96.0.100 . tcp . 80 -> tcp/80/cluster',
      'frontends: 192.0.2.1 . tcp . 80 -> tcp/80/cluster',
      'external_frontends: 192.0.2.1 . tcp . 80 -> tcp/80/local',
      'node_ports: tcp . 30080 -> tcp/80/cluster',
      'external_node_ports: tcp . 30080 -> tcp/80/local',
    ])
    assert.deepEqual(made.healthCheck, { port: 30_999, localEndpoints: 1 })
    assert.equal(targets(plan(spec, ['10.244.1.2@n2']))['tcp/80/local'], 'drop')
    assert.equal(targets(plan(spec, []))['tcp/80/local'], 'refuse')
  })

  it('keeps clients in the cluster on their node when the internal policy says so', () => {
    const made = plan({ internalTrafficPolicy: 'Local' }, ['10.244.0.1@n1', '10.244.1.2@n2'])
    assert.deepEqual(routes(made), ['frontends: 10.96.0.100 . tcp . 80 -> tcp/80/local'])
    assert.equal(targets(made)['tcp/80/local'], '10.244.0.1')
  })

  it('lets only the given sources in at the load balancer', () => {
    const made = plan(
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24', ' 198.51.100.1/32', 'fe80::/10'] },
      [],
      {
        loadBalancer: { ingress: [{ ip: '192.0.2.1' }] },
      },
    )
    assert.deepEqual(made.restrictions, [
      { key: '192.0.2.1 . tcp . 80', sources: ['203.0.113.0/24', '198.51.100.1/32'] },
    ])
  })

  it('matches ports by name and protocol, over several slices', () => {
    const service = makeService('dns', {
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    })
    const slices = [
      makeSlice('dns', ['10.244.0.2'], { name: 'b', port: { name: 'dns', protocol: 'UDP', port: 5353 } }),
      makeSlice('dns', ['10.244.0.1'], { name: 'a', port: { name: 'dns', protocol: 'UDP', port: 5353 } }),
      makeSlice('dns', ['10.244.0.1'], { name: 'c', port: { name: 'dns-tcp', protocol: 'TCP', port: 5354 } }),
    ]
    const made = planService(service, slices, place)!
    assert.deepEqual(
      made.pools.map(({ name, targets }) => [name, ...targets]),
      [
        ['udp/53/cluster', '10.244.0.1 . 5353', '10.244.0.2 . 5353'],
        ['tcp/53/cluster', '10.244.0.1 . 5354'],
      ],
    )
  })

  it('prefers what is meant for this node, then for this zone, if everything says what it is meant for', () => {
    const slice = makeSlice('web', ['10.244.0.1', '10.244.0.2', '10.244.0.3'])
    const hint = (index: number, hints: object) => void Object.assign(slice.endpoints![index]!, { hints })
    const chosen = () => targets(planService(makeService('web'), [slice], place)!)['tcp/80/cluster']
    hint(0, { forZones: [{ name: 'z1' }] })
    hint(1, { forZones: [{ name: 'z2' }] })
    assert.equal(chosen(), '10.244.0.1, 10.244.0.2, 10.244.0.3')
    hint(2, { forZones: [{ name: 'z1' }] })
    assert.equal(chosen(), '10.244.0.1, 10.244.0.3')
    for (const index of [0, 1, 2]) hint(index, { forZones: [{ name: 'z3' }], forNodes: [{ name: `n${index}` }] })
    assert.equal(chosen(), '10.244.0.2')
  })

  it('asks nothing for what no proxy serves', () => {
    const unproxied = [
      makeService('a', { type: 'ExternalName', clusterIP: '' }),
      makeService('b', { clusterIP: 'None', clusterIPs: ['None'] }),
      makeService('c'),
      makeService('d'),
    ]
    unproxied[2]!.metadata.labels = { 'service.kubernetes.io/service-proxy-name': 'other' }
    const own = makeSlice('d', ['10.244.0.1'])
    own.metadata.labels!['endpointslice.kubernetes.io/managed-by'] = 'dns.wherry.dev'
    for (const service of unproxied) assert.equal(planService(service, [own], place), undefined)
  })
})
