import { generateKeyPairSync } from 'node:crypto'
import type { TestContext } from 'node:test'
import { CertificateSigningRequests } from '../../api/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest } from '../../api/certificates/v1.ts'
import { Nodes } from '../../api/core/node.ts'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import type { Client } from '../../client/client.ts'
import { inProcessClient } from '../../client/in-process.ts'
import { flushPromises, VirtualClock } from '../../lib/clock.ts'
import type { Decision } from '../../lib/decisions.ts'
import { silentLogger } from '../../lib/log.ts'
import type { KeyPair } from '../../lib/pki.ts'
import { createAuthority } from '../../lib/pki.ts'
import { seededRandom } from '../../lib/random.ts'
import { assembleServer } from '../../server/assemble.ts'
import { Identity } from '../../server/authn/identity.ts'
import { memoryStore } from '../../store/memory.ts'
import { certificateSigningController } from '../certificate-signing.ts'
import { runControllers } from '../runtime/run-controllers.ts'

export interface SigningStage {
  readonly authority: KeyPair
  readonly clock: VirtualClock
  readonly decisions: readonly Decision[]
  readonly admin: Client
  /** The client of a node. */
  as(node: string): Client
  /** The client of somebody who may ask for certificates. */
  readonly joining: Client
  get(name: string): Promise<CertificateSigningRequest>
  /** Waits for what others do, whatever the clock says: signing takes real time. */
  until(name: string, holds: (request: CertificateSigningRequest) => boolean): Promise<CertificateSigningRequest>
  settle(): Promise<void>
}

/** A server with all its rights and rules, one node, and the controller, which may no more than controllers may. */
export async function startSigning(t: TestContext): Promise<SigningStage> {
  const [clock, random, log] = [new VirtualClock(), seededRandom(1), silentLogger]
  const authority = await createAuthority('test', 3650, clock.now())
  const store = memoryStore({ clock })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const tokenKey = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const server = await assembleServer({
    store,
    clock,
    random,
    log,
    release: '0.0.0-test',
    tokenKeys: [tokenKey],
    issuer: 'https://test',
  })
  const clientOf = (username: string, ...groups: string[]): Client =>
    inProcessClient(server.api, Identity.of(username, [...groups, 'system:authenticated']), 'test')
  const admin = clientOf('admin', 'system:masters')
  const apiGroup = 'rbac.authorization.k8s.io'
  await admin.create(ClusterRoleBindings, {
    metadata: { name: 'joining' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'system:node-bootstrapper' },
    subjects: [{ apiGroup, kind: 'User', name: 'jane' }],
  })
  const addresses = [{ type: 'InternalIP', address: '10.0.0.5' }]
  await admin.create(Nodes, { metadata: { name: 'node-1' }, status: { addresses } })
  const stop = new AbortController()
  const decisions: Decision[] = []
  const controllers = runControllers({
    controllers: [certificateSigningController({ authority, serverNames: ['10.0.0.1', 'kubernetes'] })],
    client: clientOf('system:kube-controller-manager'),
    clock,
    random,
    log,
    recorder: { record: (decision) => void decisions.push(decision) },
    signal: stop.signal,
  })
  await controllers.started
  t.after(async () => {
    stop.abort()
    await server.close()
    await store.close()
  })
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 10; quiet = controllers.busy().length === 0 ? quiet + 1 : 0) await flushPromises()
  }
  const get = (name: string): Promise<CertificateSigningRequest> => admin.get(CertificateSigningRequests, { name })
  return {
    authority,
    clock,
    decisions,
    admin,
    get,
    settle,
    joining: clientOf('jane'),
    as: (node) => clientOf(`system:node:${node}`, 'system:nodes'),
    async until(name, holds) {
      for (;;) {
        await settle()
        const request = await get(name)
        if (holds(request)) return request
      }
    },
  }
}
