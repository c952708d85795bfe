import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Service } from '../api/core/v1.ts'
import type { EndpointSlice } from '../api/discovery/v1.ts'
import type { Ingress } from '../api/networking/v1.ts'
import { createAuthority } from '../lib/pki.ts'
import { renderConfig } from './config.ts'
import { filesIn } from './gateway.ts'
import { mapLines, portions } from './maps.ts'
import { CONTROLLER, type GatewayInput, planGateway, targetsOf } from './plan.ts'

const service = (name: string, ports: object[] = [{ name: 'http', port: 80 }], spec: object = {}): Service =>
  ({
    kind: 'Service',
    metadata: { name, namespace: 'shop', uid: name, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { ports, ...spec },
    status: { loadBalancer: {} },
  }) as unknown as Service
const ingress = (name: string, spec: object, metadata: object = {}): Ingress =>
  ({
    kind: 'Ingress',
    metadata: { name, namespace: 'shop', uid: name, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec,
    status: {},
  }) as unknown as Ingress
const to = (name: string, port: object = { number: 80 }): object => ({ service: { name, port } })
const rule = (host: string | undefined, path: string, backend: object, pathType = 'Prefix'): object => ({
  ...(host && { host }),
  http: { paths: [{ path, pathType, backend }] },
})
const slice = (endpoints: object[]): EndpointSlice =>
  ({ addressType: 'IPv4', ports: [{ name: 'http', port: 8080 }], endpoints }) as unknown as EndpointSlice
const ours = {
  metadata: { name: 'wherry', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
  spec: { controller: CONTROLLER },
}

function plan(
  ingresses: readonly Ingress[],
  services: readonly Service[] = [service('web'), service('api')],
  more: Partial<GatewayInput> = {},
) {
  return planGateway({
    services,
    ingresses,
    classes: [ours as never],
    slices: () => [slice([{ addresses: ['10.244.0.1'] }])],
    service: (_, name) => services.find(({ metadata }) => metadata.name === name),
    secret: () => undefined,
    httpPort: 80,
    httpsPort: 443,
    ...more,
  })
}

describe('planGateway', () => {
  it('routes by host and path, each path by whole elements', () => {
    const { exact, prefix, hosts, problems } = plan([
      ingress('a', {
        rules: [
          rule('Shop.Example', '/', to('web')),
          rule('shop.example', '/api/', to('api')),
          rule('*.shop.example', '/x', to('api'), 'Exact'),
        ],
      }),
    ])
    assert.deepEqual([...hosts], ['shop.example', '*.shop.example'])
    assert.deepEqual(
      [...prefix],
      [
        ['shop.example/', 'shop/web:80'],
        ['shop.example/api/', 'shop/api:80'],
      ],
    )
    assert.deepEqual([...exact], [['*.shop.example/x', 'shop/api:80']])
    assert.deepEqual(problems, [])
  })

  it('leaves an ingress of another class alone', () => {
    assert.equal(
      plan([ingress('a', { ingressClassName: 'nginx', rules: [rule('a', '/', to('web'))] })]).served.length,
      0,
    )
    assert.equal(
      plan([ingress('a', { ingressClassName: 'wherry', rules: [rule('a', '/', to('web'))] })]).served.length,
      1,
    )
  })

  it('reports what is missing and serves the rest', () => {
    const { problems, prefix } = plan([
      ingress('a', {
        rules: [
          rule('a', '/', to('nobody')),
          rule('b', '/', to('web', { name: 'nope' })),
          rule('c', '/', to('web', { name: 'http' })),
        ],
      }),
    ])
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['ServiceNotFound', 'PortNotFound'],
    )
    assert.deepEqual([...prefix.keys()], ['c/'])
  })

  it('gives a host and path to the older of two ingresses', () => {
    const young = ingress('a', { rules: [rule('x', '/', to('api'))] }, { creationTimestamp: '2026-02-01T00:00:00Z' })
    const { prefix, problems } = plan([young, ingress('b', { rules: [rule('x', '/', to('web'))] })])
    assert.deepEqual([prefix.get('x/'), problems.map(({ about }) => about.name)], ['shop/web:80', ['a']])
  })

  it('serves one LoadBalancer on its own HTTP port, and leaves other ports to the service proxy', () => {
    const balancer = { type: 'LoadBalancer' }
    const first = service('first', [{ port: 80 }], balancer)
    const second = service('second', [{ port: 80 }], balancer)
    const other = service('other', [{ port: 5432 }], balancer)
    const { balancers, problems, prefix } = plan([], [first, second, other])
    assert.deepEqual(
      balancers.map(({ service: { metadata }, mode }) => [metadata.name, mode]),
      [
        ['first', 'proxy'],
        ['other', 'direct'],
      ],
    )
    assert.deepEqual(
      problems.map(({ about, reason }) => [about.name, reason]),
      [['second', 'PortTaken']],
    )
    assert.equal(prefix.get('*/'), 'shop/first:80')
  })

  const tlsBalancer = (name: string, spec: object = {}, status: object = {}): Service => {
    const made = service(name, [{ name: 'http', port: 443 }], { type: 'LoadBalancer', ...spec })
    return { ...made, status: { loadBalancer: status } } as Service
  }
  const holding = (port: number): object => ({ ingress: [{ ip: '192.0.2.1', ports: [{ port, protocol: 'TCP' }] }] })

  it('ends TLS for the names of Ingresses, and passes the rest on to the LoadBalancer on its port for it', () => {
    const shop = ingress('a', {
      tls: [{ hosts: ['Shop.Example', '*.shop.example'] }],
      rules: [rule('shop.example', '/', to('web')), rule('plain.example', '/', to('web'))],
    })
    const unnamed = ingress('b', { tls: [{ secretName: 'gone' }], rules: [rule('b.example', '/', to('web'))] })
    const { tlsHosts, passthrough, balancers, problems } = plan([shop, unnamed], [service('web'), tlsBalancer('app')])
    assert.deepEqual([...tlsHosts], ['shop.example', '*.shop.example', 'b.example'])
    assert.deepEqual(passthrough, [{ address: '10.244.0.1', port: 8080 }])
    assert.deepEqual(
      balancers.map(({ service: { metadata }, mode, refused }) => [metadata.name, mode, refused]),
      [['app', 'proxy', []]],
    )
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['CertificateMissing'],
    )
  })

  it('lets whoever has a port keep it, and gives it to the next one afterwards', () => {
    const [older, holder] = [tlsBalancer('a'), tlsBalancer('z', {}, holding(443))]
    const both = plan([], [older, holder])
    assert.deepEqual(
      both.balancers.map(({ service: { metadata } }) => metadata.name),
      ['z'],
    )
    assert.deepEqual(
      both.problems.map(({ about, message }) => [about.name, message]),
      [['a', 'port 443 of the gateway is taken by Service shop/z']],
    )
    const afterwards = plan([], [older])
    assert.deepEqual(
      [afterwards.balancers.map(({ service: { metadata } }) => metadata.name), afterwards.problems],
      [['a'], []],
    )
  })

  it('says which ports of a LoadBalancer are not served, and serves the others', () => {
    const three = [
      { name: 'http', port: 80 },
      { name: 'tls', port: 443 },
      { name: 'other', port: 9000 },
    ]
    const { balancers, problems, prefix } = plan([], [tlsBalancer('a'), tlsBalancer('b', { ports: three })])
    assert.deepEqual(
      balancers.map(({ service: { metadata }, refused }) => [metadata.name, refused.map(({ port }) => port)]),
      [
        ['a', []],
        ['b', [443, 9000]],
      ],
    )
    assert.equal(prefix.get('*/'), 'shop/b:80')
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        'port 443 of the gateway is taken by Service shop/a',
        'beside what it shares with Ingresses (80), the gateway serves no other port of it (9000)',
      ],
    )
  })

  it('leaves every port alone that an Ingress serves for all hosts', () => {
    const all = ingress('all', { tls: [{}], defaultBackend: to('web') })
    const balancer = tlsBalancer('app', { ports: [{ port: 80 }, { name: 'tls', port: 443 }] })
    const { balancers, problems, passthrough } = plan([all], [service('web'), balancer])
    assert.deepEqual([balancers, passthrough], [[], undefined])
    assert.deepEqual(
      problems.map(({ reason, message }) => [reason, message]),
      [80, 443].map((port) => [
        'PortTaken',
        `port ${port} of the gateway is taken by an Ingress that serves every host`,
      ]),
    )
  })

  it('sends requests to endpoints that are ending only when no other is left', () => {
    const [ready, ending] = [
      { addresses: ['1.1.1.1'], conditions: { ready: true } },
      { addresses: ['2.2.2.2'], conditions: { ready: false, serving: true, terminating: true } },
    ]
    assert.deepEqual(targetsOf('http', [slice([ready, ending])]), [{ address: '1.1.1.1', port: 8080 }])
    assert.deepEqual(targetsOf('http', [slice([ending])]), [{ address: '2.2.2.2', port: 8080 }])
  })

  it('lets no hostile string leave its place', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\n', '\r', '"', "'", '#', '{', '}', ' ', '\\', ';', '%', '/', '*', '.', '\0', '$', 'a', '-'),
        fc.string({ unit: 'binary', maxLength: 1 }),
      ),
      maxLength: 24,
    })
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (host, path, name, secretName) => {
        const { exact, prefix, hosts, tlsHosts } = plan([
          ingress('a', {
            tls: [{ hosts: [host], secretName }],
            rules: [
              rule(host, path, to(name)),
              rule(host, path, to('web')),
              rule('ok', `/${path}`, to('web'), 'Exact'),
            ],
          }),
        ])
        for (const line of [
          ...mapLines(exact),
          ...mapLines(prefix),
          ...mapLines([...hosts, ...tlsHosts].map((one) => [one, one] as const)),
        ]) {
          assert.match(line, /^(\*|(\*\.)?[a-z0-9][-a-z0-9.]*)(\/[!-~]*)? \S+$/)
        }
      }),
      { numRuns: 500, seed: 3 },
    )
  })
})

describe('portions', () => {
  it('keeps each below what one command carries, and loses no line', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `host-${i}.example/some/path h${i}`)
    const parts = portions(lines)
    assert.deepEqual(parts.flat(), lines)
    for (const part of parts) assert.ok(part.join('\n').length <= 8192)
  })
})

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0

describe('renderConfig', { skip: hasHaproxy ? false : 'haproxy is not installed' }, () => {
  it('writes what HAProxy accepts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-gateway-'))
    try {
      const files = filesIn(folder)
      mkdirSync(files.certificates)
      for (const file of [files.exact, files.hosts, files.tls]) writeFileSync(file, '')
      writeFileSync(files.prefix, 'a.example/%22quoted"#{}/ h0\n')
      const { certificate, key } = await createAuthority('x', 1, Date.now())
      writeFileSync(join(files.certificates, 'default.pem'), certificate + key)
      writeFileSync(files.certificateList, `${join(files.certificates, 'default.pem')} a.example *.b.example\n`)
      for (const slots of [
        [],
        [[]],
        [
          [
            { address: '10.0.0.1', port: 80 },
            { address: '10.0.0.2', port: 80 },
          ],
          [],
        ],
      ]) {
        for (const passed of [undefined, [], [{ address: '10.0.0.3', port: 443 }]]) {
          writeFileSync(
            files.config,
            renderConfig(
              { addresses: ['127.0.0.1', '127.0.0.2'], httpPort: 18_081, httpsPort: 18_444, files, user: undefined },
              slots,
              passed,
            ),
          )
          const { status, stderr } = spawnSync('haproxy', ['-c', '-f', files.config], { encoding: 'utf8' })
          assert.deepEqual([status, stderr], [0, ''])
        }
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
