import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Services } from '../api/core/service.ts'
import type { Service } from '../api/core/v1.ts'
import { Ingresses } from '../api/networking/ingress.ts'
import type { Client } from '../client/client.ts'
import { open } from '../cli/why/explanation.ts'
import { realClock } from '../lib/clock.ts'
import type { Decision } from '../lib/decisions.ts'
import { silentLogger } from '../lib/log.ts'
import { fakeCaches } from '../node/network/fake-caches.test-helper.ts'
import { planGateway } from './plan.ts'
import { statusWriter } from './status.ts'

const service = (name: string, ports: object[]): Service =>
  ({
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, namespace: 'shop', uid: name, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { type: 'LoadBalancer', ports },
    status: { loadBalancer: {} },
  }) as unknown as Service

describe('statusWriter', () => {
  const setUp = () => {
    const caches = fakeCaches()
    const [decisions, patches, events]: [Decision[], unknown[], unknown[]] = [[], [], []]
    const writer = statusWriter({
      client: {
        patch: async (_: unknown, { name }: { name: string }, body: { status: { loadBalancer: unknown } }) =>
          void patches.push([name, body.status.loadBalancer]),
        create: async (_: unknown, event: { reason: string; note?: string; message?: string }) =>
          void events.push(event.reason),
      } as unknown as Client,
      services: caches.of(Services),
      ingresses: caches.of(Ingresses),
      publish: '192.0.2.1',
      clock: realClock,
      log: silentLogger,
      recorder: { record: (one) => void decisions.push({ ...one, at: decisions.length }) },
      by: 'gateway',
      signal: new AbortController().signal,
    })
    const write = (...services: Service[]): void => {
      for (const one of services) caches.put(Services, one)
      writer.write(
        planGateway({
          services,
          ingresses: [],
          classes: [],
          slices: () => [],
          service: () => undefined,
          secret: () => undefined,
          httpPort: 80,
          httpsPort: 443,
        }),
      )
    }
    return { write, decisions, patches, events }
  }

  it('shows which ports of a Service are served, and which are not', () => {
    const { write, patches } = setUp()
    write(service('a', [{ port: 443 }, { port: 9000, protocol: 'UDP' }]))
    assert.deepEqual(patches, [
      [
        'a',
        {
          ingress: [
            {
              ip: '192.0.2.1',
              ipMode: 'Proxy',
              ports: [
                { port: 443, protocol: 'TCP' },
                { port: 9000, protocol: 'UDP', error: 'wherry.dev/PortTaken' },
              ],
            },
          ],
        },
      ],
    ])
  })

  it('takes back what it refused when that is mended', () => {
    const { write, decisions } = setUp()
    const [first, second] = [service('a', [{ port: 443 }]), service('b', [{ port: 443 }])]
    write(first, second)
    const about = (name: string): Decision[] => decisions.filter(({ about: { name: one } }) => one === name)
    assert.deepEqual(
      open(about('b')).map(({ reason, message }) => [reason, message]),
      [['PortTaken', 'port 443 of the gateway is taken by Service shop/a']],
    )
    write(second)
    assert.deepEqual(open(about('b')), [])
    assert.deepEqual(
      about('b').map(({ reason }) => reason),
      ['PortTaken', 'Served'],
    )
  })
})
