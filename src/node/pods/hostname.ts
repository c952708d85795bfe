import type { Pod } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'

const hostnameMax = 63
const fqdnMax = 64

/** A pod's host name, and the domain below which the cluster's DNS knows it. */
export function podHostname(
  { metadata, spec }: Pod,
  clusterDomain: string,
): { hostname: string; domain: string | undefined } {
  const hostname = (spec.hostnameOverride ?? (spec.hostname || metadata.name))
    .slice(0, hostnameMax)
    .replace(/[-.]+$/, '')
  const domain =
    spec.subdomain && spec.hostnameOverride === undefined
      ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}`
      : undefined
  return { hostname, domain }
}

/** What `hostname` prints in the pod's containers; empty for pods that have the node's. */
export function kernelHostname(pod: Pod, clusterDomain: string): string {
  if (pod.spec.hostNetwork === true) return pod.spec.hostnameOverride ?? ''
  const { hostname, domain } = podHostname(pod, clusterDomain)
  if (pod.spec.setHostnameAsFQDN !== true || domain === undefined) return hostname
  const fqdn = `${hostname}.${domain}`
  if (fqdn.length <= fqdnMax) return fqdn
  throw new WherryError(
    'invalid',
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (${fqdnMax} characters is the max, ${fqdn.length} characters requested)`,
  )
}

/** The text of a pod's /etc/hosts. `nodeHosts` is the node's own file, for pods that share its network. */
export function hostsFile(pod: Pod, podIPs: readonly string[], clusterDomain: string, nodeHosts: string): string {
  const aliases = (pod.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`)
  const added = aliases.length === 0 ? '' : `\n# Entries added by HostAliases.\n${aliases.join('\n')}\n`
  if (pod.spec.hostNetwork === true) return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${added}`
  const { hostname, domain } = podHostname(pod, clusterDomain)
  const names = domain === undefined ? hostname : `${hostname}.${domain}\t${hostname}`
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...podIPs.map((ip) => `${ip}\t${names}`),
  ]
  return `${lines.join('\n')}\n${added}`
}
