import { Connection } from './connection.ts'
import type { Bench, Figure } from './figure.ts'
import { repeatedLoad } from './load.ts'
import { loadRow } from './load-row.ts'
import { makeNamespace } from './objects.ts'
import { TestServer } from './test-server.ts'

const CONNECTIONS = 16
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/bench/leases'

interface Lease {
  readonly metadata: { readonly name: string; readonly managedFields?: unknown }
  readonly spec: { renewTime?: string }
}

/** What the heartbeats of nodes cost: each connection renews a Lease of its own. */
export const lease: Figure = {
  name: 'lease',
  summary: 'updates of Leases, 16 connections',
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    const leases: Lease[] = []
    {
      await using connection = await Connection.open(server.endpoint)
      for (let i = 0; i < CONNECTIONS; i++) {
        const name = `node-${i}`
        const body = JSON.stringify({ metadata: { name }, spec: { holderIdentity: name, leaseDurationSeconds: 40 } })
        leases.push(JSON.parse((await connection.request('POST', LEASES, { body })).body.toString('utf8')))
      }
    }
    const loads = await repeatedLoad(server, repeats, {
      connections: CONNECTIONS,
      requests: 4000,
      next(worker) {
        const { spec, ...rest } = leases[worker]!
        const { managedFields: _, ...metadata } = rest.metadata
        const renewTime = new Date().toISOString().replace('Z', '000Z')
        return {
          method: 'PUT',
          path: `${LEASES}/${metadata.name}`,
          body: JSON.stringify({ ...rest, metadata, spec: { ...spec, renewTime } }),
          onAnswer: (body) => void (leases[worker] = JSON.parse(body.toString('utf8'))),
        }
      },
    })
    yield loadRow('Lease updates', loads, 3.0, 0.2)
  },
}
