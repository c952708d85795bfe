import { readFileSync } from 'node:fs'
import { credentialFiles, SERVER_CLIENT_NAME } from '../cli/machine/credentials.ts'
import { importedImages } from '../cli/machine/images.ts'
import { sharedCaches } from '../client/caches.ts'
import { httpClient } from '../client/http-client.ts'
import { remoteRecorder } from '../client/remote-recorder.ts'
import { runDns } from '../dns/server.ts'
import { runGateway } from '../gateway/gateway.ts'
import { realClock } from '../lib/clock.ts'
import { KeptPair } from '../lib/kept-pair.ts'
import { kubernetesVersion } from '../lib/release.ts'
import { runAgent } from '../node/agent.ts'
import { keepNodeCertificates } from '../node/certificates.ts'
import { type DataPlane, runDataPlane } from '../node/network/data-plane.ts'
import { nodeNamed, readProgramArguments } from './arguments.ts'
import { moveToCgroup } from '../node/pods/cgroups.ts'
import { processLifetime } from './lifetime.ts'
import { nodeNames } from './node-names.ts'

/** Where Debian's package has the plug-ins by which a runtime connects pods. */
const CNI_PLUGINS = '/usr/lib/cni'

/** A node: its pods, their network, DNS and the gateway, in one process with root's rights. */
export async function runNodeAgent(args: readonly string[]): Promise<void> {
  const { layout, cluster, node: name } = readProgramArguments(args)
  const node = nodeNamed(cluster, name)
  const { log, signal } = processLifetime(`agent/${node.name}`)
  const names = nodeNames(layout, cluster, node)
  const files = credentialFiles(layout)
  const authority = readFileSync(files.authority.certificate, 'utf8')
  const own = files.node(node.name)
  const asClient = new KeptPair({ authority, ...own.asClient })
  const asServer = new KeptPair({ authority, ...own.asServer })
  const clock = realClock
  const random = Math.random

  const client = httpClient({
    server: `https://${cluster.apiHost}:${cluster.apiPort}`,
    tls: () => ({ ca: authority, ...asClient.current() }),
    fieldManager: 'wherry-agent',
  })
  asClient.onChange(() => client.renew())
  const caches = sharedCaches({ client, clock, random, log, signal })
  const recorder = remoteRecorder({ client, clock, log, signal })
  // systemd can end a unit's processes as a whole; those of our own script are ended one by one.
  const outlive =
    cluster.supervisor === 'systemd' ? (pid: number): void => moveToCgroup(names.cgroupRoot, 'runtime', pid) : undefined
  const common = {
    client,
    caches,
    clock,
    random,
    log,
    recorder,
    signal,
    nodeName: node.name,
    ...(outlive && { outlive }),
  }
  const by = `agent/${node.name}`

  // The Node must be there before its pods get a range, and its network before its pods: so the two start together, and
  // the node says that it is not ready until both are.
  let network: DataPlane | undefined
  const running = runAgent({
    ...common,
    nodeAddresses: [node.address],
    dataDir: names.dataDir,
    cniBinDir: CNI_PLUGINS,
    cniConfDir: names.cniConfDir,
    cgroupRoot: names.cgroupRoot,
    clusterDns: [cluster.dnsAddress],
    clusterDomain: cluster.clusterDomain,
    version: kubernetesVersion,
    server: {
      port: node.agentPort,
      tls: () => ({ cert: asServer.current().certificate, key: asServer.current().key, ca: authority }),
      clientNames: [SERVER_CLIENT_NAME],
    },
    keptImages: () => importedImages(layout, node),
    network: { drained: async (pod, waiting) => network?.drained(pod, waiting) },
    lacking: () => (network === undefined ? ['the pod network is not ready yet'] : []),
  })
  asServer.onChange(() => void running.then((agent) => agent.renewTls()))
  const certificates = keepNodeCertificates({ ...common, names: [node.name, node.address], asClient, asServer })
  const takePart = async () => {
    const plane = await runDataPlane({
      ...common,
      names: names.network,
      podRange: cluster.podRange,
      serviceRange: cluster.serviceRange,
      dnsAddress: cluster.dnsAddress,
      overlayNetwork: names.overlayNetwork,
      overlayPort: names.overlayPort,
      cniConfDir: names.cniConfDir,
      dataDir: names.networkDir,
      by: `${by}/network`,
    })
    const dns = await runDns({
      caches,
      domain: cluster.clusterDomain,
      listen: [{ address: cluster.dnsAddress, port: 53 }],
      clock,
      log,
      signal,
    })
    network = plane
    const agent = await running
    agent.reportNode()
    return { plane, dns, agent }
  }
  const [{ plane, dns, agent }, gateway] = await Promise.all([
    takePart(),
    runGateway({
      ...common,
      addresses: node.namespace === undefined ? ['0.0.0.0'] : [node.address],
      publish: node.address === cluster.gateway.address ? node.address : undefined,
      httpPort: cluster.gateway.http,
      httpsPort: cluster.gateway.https,
      dataDir: names.dataDir,
      by: `${by}/gateway`,
    }),
  ])
  plane.attach(gateway)
  log.info('the node takes part', { node: node.name, pods: plane.podRange })

  await Promise.allSettled([agent.ended, plane.ended, dns.ended, gateway.ended, certificates])
  await client.close()
  process.exit(0)
}
