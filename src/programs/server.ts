import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { credentialFiles, FRONT_PROXY_NAME, serverNames } from '../cli/machine/credentials.ts'
import { sharedCaches } from '../client/caches.ts'
import { inProcessClient } from '../client/in-process.ts'
import { allControllers } from '../controllers/all.ts'
import { runControllers } from '../controllers/runtime/run-controllers.ts'
import { realClock } from '../lib/clock.ts'
import type { KeyPair } from '../lib/pki.ts'
import { release } from '../lib/release.ts'
import { runScheduler } from '../scheduler/run-scheduler.ts'
import type { AssembleOptions } from '../server/assemble.ts'
import { assembleServer } from '../server/assemble.ts'
import { Identity } from '../server/authn/identity.ts'
import { listen, type TlsOptions } from '../server/http/listen.ts'
import { secretsAtRest } from '../server/storage/secrets-at-rest.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { readProgramArguments } from './arguments.ts'
import { makeAgentServices } from './agent-services.ts'
import { processLifetime } from './lifetime.ts'
import { frontAuthority, keepServerCertificates, serverPairs, tlsOf } from './server-certificates.ts'

/** The control plane: API, controllers and scheduler in one process that needs no right of root. */
export async function runServer(args: readonly string[]): Promise<void> {
  const { layout, cluster } = readProgramArguments(args)
  const { log, signal, fail } = processLifetime('server')
  const files = credentialFiles(layout)
  const read = (path: string): string => readFileSync(path, 'utf8')
  const clock = realClock
  const random = Math.random
  const store = openSqliteStore({
    directory: layout.server,
    clock,
    atRest: secretsAtRest(read(files.encryptionKey)),
    onFailure: (error) => fail('the store failed', error),
  })
  const authority = { certificate: read(files.authority.certificate), key: read(files.authority.key) }
  const front = frontAuthority(files)
  const pairs = serverPairs(files, authority.certificate, front?.certificate)
  const ca = authority.certificate
  const tls = (): TlsOptions => ({ ...tlsOf(pairs.server), clientCa: ca })
  const frontProxyOf = ({ certificate }: KeyPair): NonNullable<AssembleOptions['frontProxy']> => ({
    ca: certificate,
    name: FRONT_PROXY_NAME,
    read: () => tlsOf(pairs.front!),
  })
  const server = await assembleServer({
    store,
    clock,
    random,
    log,
    release: release(),
    tokenKeys: [read(files.serviceAccountKey)],
    issuer: `https://kubernetes.default.svc.${cluster.clusterDomain}`,
    serviceRange: cluster.serviceRange,
    advertise: { address: cluster.apiHost, port: cluster.apiPort },
    clientCa: ca,
    decisionsPath: join(layout.server, 'decisions.log'),
    ...(front === undefined ? {} : { frontProxy: frontProxyOf(front) }),
    nodeClientTls: () => ({ ...tlsOf(pairs.client), ca }),
  })
  const listener = await listen(server.api, { host: '0.0.0.0', port: cluster.apiPort, tls: tls() })
  pairs.server.onChange(() => listener.setTls(tls()))
  log.info('the API answers', { port: listener.port })

  await makeAgentServices(inProcessClient(server.api, server.master, 'wherry'), cluster.dnsAddress)

  // The programs in this process come in like everybody else, each with an identity and rights of its own.
  const shared = { clock, random, recorder: server.recorder, signal }
  const as = (name: string) =>
    inProcessClient(server.api, Identity.of(`system:${name}`, ['system:authenticated']), name)
  const controllerClient = as('kube-controller-manager')
  const controllerLog = log.with({ component: 'controllers' })
  const caches = sharedCaches({ client: controllerClient, clock, random, log: controllerLog, signal })
  const controllers = runControllers({
    ...shared,
    controllers: allControllers({
      authority,
      // A node that is the same machine has the server's address too.
      serverNames: serverNames(cluster).filter((name) => cluster.nodes.every(({ address }) => address !== name)),
      clusterCidr: cluster.podRange,
      nodeMask: 24,
    }),
    client: controllerClient,
    log: controllerLog,
    caches,
  })
  const schedulerClient = as('kube-scheduler')
  const schedulerLog = log.with({ component: 'scheduler' })
  const scheduler = runScheduler({
    ...shared,
    client: schedulerClient,
    log: schedulerLog,
    caches: sharedCaches({ client: schedulerClient, clock, random, log: schedulerLog, signal }),
  })
  const certificates = keepServerCertificates(pairs, {
    cluster,
    authority,
    frontAuthority: front,
    clock,
    random,
    log,
    signal,
  })

  // The signal may have fired while all this was started.
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.allSettled([controllers.ended, scheduler.ended, certificates])
  await listener.close()
  await server.close()
  await store.close()
  process.exit(0)
}
