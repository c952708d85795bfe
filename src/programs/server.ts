import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterFile, Layout } from '../cli/machine/cluster-file.ts'
import { credentialFiles } from '../cli/machine/credentials.ts'
import { inProcessClient } from '../client/in-process.ts'
import { realClock } from '../lib/clock.ts'
import { createApiServer } from '../server/api-server.ts'
import { Identity } from '../server/authn/identity.ts'
import { authorizeBy, firstOf, mastersAuthorizer } from '../server/authz/authorize.ts'
import { Rbac } from '../server/authz/rbac.ts'
import { reconcileDefaults } from '../server/authz/reconcile-defaults.ts'
import { listen } from '../server/http/listen.ts'
import { objectReader } from '../server/rest/object-reader.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { readProgramArguments } from './arguments.ts'
import { processLifetime } from './lifetime.ts'
import { X509Certificate } from 'node:crypto'

/** The control plane: API, controllers and scheduler in one process that needs no right of root. */
export async function runServer(args: readonly string[]): Promise<void> {
  const { layout, cluster } = readProgramArguments(args)
  const { log, signal, fail } = processLifetime('server')
  const files = credentialFiles(layout)
  const read = (path: string): string => readFileSync(path, 'utf8')
  const clock = realClock
  const store = openSqliteStore({ directory: layout.server, clock, onFailure: (error) => fail('the store failed', error) })
  const objects = objectReader(store)
  const rbac = new Rbac(objects)
  const identities = new Map<string, Identity>()
  const api = createApiServer({
    store,
    clock,
    random: Math.random,
    authenticate: ({ clientCertificate }) => {
      if (clientCertificate === undefined) return Identity.of('system:anonymous', ['system:unauthenticated'])
      const key = clientCertificate.toString('latin1')
      let identity = identities.get(key)
      if (identity === undefined) {
        const subject = new X509Certificate(clientCertificate).subject.split('\n').map((line) => line.split('=') as [string, string])
        identity = Identity.of(subject.find(([k]) => k === 'CN')![1], [...subject.filter(([k]) => k === 'O').map(([, v]) => v), 'system:authenticated'])
        identities.set(key, identity)
      }
      return identity
    },
    authorize: authorizeBy(firstOf([mastersAuthorizer, rbac.authorizer])),
    admission: [],
    log,
    release: '0.1.0',
  })
  await reconcileDefaults(api.as(Identity.of('system:apiserver', ['system:masters', 'system:authenticated'])))
  const listener = await listen(api, { host: '0.0.0.0', port: cluster.apiPort, tls: { cert: read(files.server.certificate), key: read(files.server.key), clientCa: read(files.authority.certificate) } })
  log.info('the control plane answers', { port: listener.port })
  await once(signal, 'abort')
  await listener.close()
  await api.close()
  await store.close()
  process.exit(0)
}
